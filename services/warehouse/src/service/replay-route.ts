import { ContinuationId, MaestroError, TenantSlug } from '@maestro/core';
import { once } from 'node:events';
import express, { type Router } from 'express';
import { z } from 'zod';
import { refuseInvocations } from './refuse-invocations.ts';
import type { Warehouse } from './warehouse.ts';
import { refuseRequest } from './refuse-request.ts';

const One = z.strictObject({ tenant: TenantSlug, id: ContinuationId });

const ReplayQuery = z
  .strictObject({ tenant: TenantSlug.optional(), continuation: ContinuationId.optional() })
  .refine(({ tenant, continuation }) => continuation === undefined || tenant !== undefined, {
    message: 'a continuation needs its tenant',
  });

/**
 * `POST /replay`: of one continuation, as the API asks for it; null when the store has none of that id.
 *
 * `GET /replays?tenant=&continuation=`: replays of everything, of a tenant or of one continuation, as JSON Lines, each as soon as
 * it is done. An answer that breaks off has not seen all. Of all tenants, so not for other applications behind Dapr.
 */
export function replayRoute(warehouse: Pick<Warehouse, 'replay' | 'replayAll'>): Router {
  const router = express.Router();
  router.post('/replay', express.json({ type: () => true }), async (request, response) => {
    const ref = One.safeParse(request.body);
    if (!ref.success) {
      const error = new MaestroError('request.invalid', z.prettifyError(ref.error));
      refuseRequest(response, error);
      return;
    }
    response.json({ replay: (await warehouse.replay(ref.data)) ?? null });
  });
  router.get('/replays', refuseInvocations, async (request, response) => {
    const query = ReplayQuery.safeParse(request.query);
    if (!query.success) {
      const error = new MaestroError('request.invalid', z.prettifyError(query.error));
      refuseRequest(response, error);
      return;
    }
    const { tenant, continuation } = query.data;
    response.type('application/x-ndjson');
    if (tenant !== undefined && continuation !== undefined) {
      const ref = { tenant, id: continuation };
      const replayed = await warehouse.replay(ref);
      if (replayed) response.write(`${JSON.stringify({ ref, ...replayed })}\n`);
    } else {
      for await (const replayed of warehouse.replayAll(tenant)) {
        const room = response.write(`${JSON.stringify(replayed)}\n`);
        if (response.destroyed) return;
        if (!room) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
    }
    response.end();
  });
  return router;
}
