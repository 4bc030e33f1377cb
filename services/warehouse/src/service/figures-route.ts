import express, { type Router } from 'express';
import type { WarehouseTables } from '../tables/warehouse-tables.ts';

/** `POST /figures`: figures of all tenants together, as the API asks for them for its status page. */
export function figuresRoute(tables: Pick<WarehouseTables, 'figures' | 'builtAtMs'>): Router {
  const router = express.Router();
  router.post('/figures', async (_request, response) => {
    const { builtAtMs } = tables;
    response.json({ builtAtMs, ...(await tables.figures()) });
  });
  return router;
}
