import { MaestroError, TenantSlug } from '@maestro/core';
import express, { type Router } from 'express';
import { z } from 'zod';
import type { WarehouseTables } from '../tables/warehouse-tables.ts';
import { refuseRequest } from './refuse-request.ts';

const ListRequest = z.strictObject({
  tenant: TenantSlug,
  status: z.string().optional(),
  recipe: z.string().optional(),
  root: z.string().optional(),
  sinceMs: z.int().optional(),
  search: z.string().max(200).optional(),
  tag: z.string().max(100).optional(),
  dueByMs: z.int().optional(),
  limit: z.int().min(1).max(10_000),
  after: z
    .object({ createdAtMs: z.int(), dueAtMs: z.int().nullable().default(null), id: z.string() })
    .optional(),
});

/** `POST /lists`: continuations of a tenant by their facts, as the API asks for them. */
export function listRoute(tables: Pick<WarehouseTables, 'list' | 'builtAtMs'>): Router {
  const router = express.Router();
  router.post('/lists', express.json({ type: () => true }), async (request, response) => {
    const query = ListRequest.safeParse(request.body);
    if (!query.success) {
      const error = new MaestroError('request.invalid', z.prettifyError(query.error));
      refuseRequest(response, error);
      return;
    }
    const { builtAtMs } = tables;
    response.json({ builtAtMs, lives: await tables.list(query.data) });
  });
  return router;
}
