import {
  checkReadiness,
  connectTenants,
  ContinuationClient,
  DaprBlobStore,
  FencedStore,
  RowEraser,
  loadRecipes,
  requireAppToken,
  SidecarHttp,
  StoredAudit,
  systemClock,
  type Metrics,
} from '@maestro/actors';
import type { Tracing } from '@maestro/core';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import type { ApiConfig } from './api-config.ts';
import { DaprReadModel } from './dapr/dapr-read-model.ts';
import { readAcross } from './dapr/read-across.ts';
import { openIdentity } from './identity/open-identity.ts';
import { closed, serveApi } from './serve-api.ts';

/** Where the API tells of itself; closed with it. */
export interface ApiTelling {
  /** Left out: there are no spans. */
  readonly tracing?: Tracing | undefined;
  readonly metrics: Metrics;
}

/**
 * The API as an application of its own, beside its own sidecar.
 *
 * @returns a function that ends it.
 */
export async function runApi(
  config: ApiConfig,
  log: Logger,
  { tracing, metrics }: ApiTelling,
): Promise<() => Promise<void>> {
  const { identity, ready: identityReady } = await openIdentity({ ...config, log });
  const recipes = await loadRecipes(config.recipes);
  const http = new SidecarHttp(config.daprHttpPort);
  const { rows, tenants, checkStore } = connectTenants(http, config.stateComponent, systemClock);
  const continuations = new ContinuationClient(http, config.actorKeys[0]);
  const blobs = new DaprBlobStore(http, config.blobComponent);
  const api = await serveApi(
    {
      identity,
      store: new FencedStore(rows),
      tenants,
      checkStore,
      audit: new StoredAudit(rows),
      eraser: new RowEraser(rows, blobs, systemClock),
      readRows: readAcross(http, config.stateComponent, tenants),
      blobs,
      readModel:
        config.warehouseApp === '' ? undefined : new DaprReadModel(http, config.warehouseApp),
      adminTenant: config.adminTenant,
      corsOrigins: config.corsOrigins,
      registeredOnly: config.registeredOnly,
      region: config.region,
      statusPage: config.statusPage,
      continuations,
      topics: continuations,
      recipes,
      ready: async () => [
        ...(await checkReadiness(http, config.stateComponent, { actors: false })),
        ...(await identityReady()),
      ],
      log,
      observability: metrics.observability,
      ...(tracing ? { tracing } : {}),
    },
    { host: config.host, port: config.port },
  );
  // The sidecar looks here whether the application lives, and Prometheus what it does; clients have no business on this port.
  const health = createServer(
    requireAppToken(config.appToken, (request, response) => {
      if (request.url === '/metrics') {
        void metrics.observability.scrape().then((text) => {
          response.writeHead(200, { 'content-type': 'text/plain' }).end(text);
        });
        return;
      }
      response.writeHead(request.url === '/healthz' ? 200 : 404).end();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    health.once('error', reject);
    health.listen(config.appPort, '127.0.0.1', resolve);
  });
  log.info({ url: api.url }, 'the API listens');
  return async () => {
    await api.close();
    await closed(health, 1000);
    await http.close();
    await Promise.all([tracing?.close(), metrics.close()]);
  };
}
