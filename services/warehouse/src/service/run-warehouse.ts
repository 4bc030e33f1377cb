import {
  connectTenants,
  ContinuationClient,
  DaprStreamBus,
  EVENTS_TOPIC,
  FencedStore,
  requireAppToken,
  SidecarHttp,
  systemClock,
  type Metrics,
} from '@maestro/actors';
import express from 'express';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import { createWarehouse } from './create-warehouse.ts';
import { eraseRoute } from './erase-route.ts';
import { figuresRoute } from './figures-route.ts';
import { listRoute } from './list-route.ts';
import { rebuildRoute } from './rebuild-route.ts';
import { replayRoute } from './replay-route.ts';
import type { WarehouseConfig } from './warehouse-config.ts';

/**
 * The warehouse as an application of its own, beside its own sidecar.
 *
 * @param metrics what counts; closed with the warehouse.
 * @returns a function that ends it.
 */
export async function runWarehouse(
  config: WarehouseConfig,
  log: Logger,
  metrics: Metrics,
): Promise<() => Promise<void>> {
  const http = new SidecarHttp(config.daprHttpPort);
  const { observability } = metrics;
  const continuations = new ContinuationClient(http, config.actorKeys[0]);
  const { rows, tenants } = connectTenants(http, config.stateComponent, systemClock);
  const { warehouse, tables } = await createWarehouse(config, {
    store: new FencedStore(rows),
    tenants,
    wake: (ref) => continuations.tell(ref, { kind: 'wake', rearm: true }),
    observability,
    notes: log,
  });
  const bus = new DaprStreamBus(http, config.pubsubComponent, observability);
  bus.subscribe(EVENTS_TOPIC, ({ data }) => warehouse.take(data));

  const app = express();
  app.disable('x-powered-by');
  app.use(bus.routes());
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', (_request, response) => {
    // A copy that lags, or whose target is away, holds nothing up.
    const { last: reconciled = null, copy } = warehouse;
    response.status(reconciled ? 200 : 503).json({ reconciled, ...(copy ? { copy } : {}) });
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain').send(await observability.scrape());
  });
  app.use(replayRoute(warehouse));
  app.use(rebuildRoute(warehouse));
  app.use(listRoute(tables));
  app.use(figuresRoute(tables));
  app.use(eraseRoute(warehouse));
  const server = createServer(requireAppToken(config.appToken, app));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.appPort, '127.0.0.1', resolve);
  });
  warehouse.start();
  log.info({ port: config.appPort }, 'the warehouse listens');
  return async () => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 2_000).unref();
    });
    await warehouse.stop();
    await http.close();
    await metrics.close();
  };
}
