import { MaestroError, TenantSlug } from '@maestro/core';
import express, { type Router } from 'express';
import { z } from 'zod';
import { refuseRequest } from './refuse-request.ts';
import type { Warehouse } from './warehouse.ts';

const ErasureRequest = z.strictObject({ tenant: TenantSlug });

/**
 * `POST /erasures`: deletes every row of a tenant, as the API asks when it was deleted. Whoever asks: of a tenant that was
 * not deleted nothing is.
 */
export function eraseRoute(warehouse: Pick<Warehouse, 'erase'>): Router {
  const router = express.Router();
  router.post('/erasures', express.json({ type: () => true }), async (request, response) => {
    const asked = ErasureRequest.safeParse(request.body);
    if (!asked.success) {
      refuseRequest(response, new MaestroError('request.invalid', z.prettifyError(asked.error)));
      return;
    }
    try {
      await warehouse.erase(asked.data.tenant);
      response.json({});
    } catch (error) {
      refuseRequest(response, MaestroError.from(error));
    }
  });
  return router;
}
