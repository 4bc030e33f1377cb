import {
  checkReadiness,
  connectStore,
  ContinuationClient,
  DaprBlobStore,
  loadRecipes,
  SidecarHttp,
} from '@maestro/actors';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import type { ApiConfig } from './api-config.ts';
import { devIdentity } from './identity/dev-identity.ts';
import { closed, serveApi } from './serve-api.ts';

/** The API as an application of its own, beside its own sidecar. @returns a function that ends it. */
export async function runApi(config: ApiConfig, log: Logger): Promise<() => Promise<void>> {
  const identity = await devIdentity({
    keyFile: config.devKeyFile,
    environment: config.environment,
  });
  const recipes = await loadRecipes(config.recipes);
  const http = new SidecarHttp(config.daprHttpPort);
  const api = await serveApi(
    {
      identity,
      store: connectStore(http, config.stateComponent),
      blobs: new DaprBlobStore(http, config.blobComponent),
      continuations: new ContinuationClient(http),
      recipes,
      ready: () => checkReadiness(http, config.stateComponent, { actors: false }),
      log,
    },
    { host: config.host, port: config.port },
  );
  // The sidecar looks here whether the application lives; clients have no business on this port.
  const health = createServer((request, response) => {
    response.writeHead(request.url === '/healthz' ? 200 : 404).end();
  });
  await new Promise<void>((resolve, reject) => {
    health.once('error', reject);
    health.listen(config.appPort, '127.0.0.1', resolve);
  });
  log.info({ url: api.url }, 'the API listens');
  return async () => {
    await api.close();
    await closed(health, 1000);
    await http.close();
  };
}
