import { devIdentity, serveApi, type ApiConfig } from '@maestro/api';
import { createWorker, type WorkerConfig } from '@maestro/worker';
import type { Logger } from 'pino';

/**
 * Every role in one process behind one sidecar: the actor host and the public API, with events handed on in process.
 *
 * @returns a function that drains and ends it.
 */
export async function runStandalone(
  workerConfig: WorkerConfig,
  apiConfig: ApiConfig,
  log: Logger,
): Promise<() => Promise<void>> {
  const identity = await devIdentity({
    keyFile: apiConfig.devKeyFile,
    environment: apiConfig.environment,
  });
  const worker = await createWorker(workerConfig, log, { localCalls: true });
  await worker.listen();
  const { store, blobs, bus, continuations, recipes, ready, metrics } = worker;
  const api = await serveApi(
    { identity, store, blobs, bus, continuations, recipes, ready, metrics, log },
    { host: apiConfig.host, port: apiConfig.port },
  );
  log.info({ url: api.url }, 'the API listens');
  return async () => {
    await api.close();
    await worker.close();
  };
}
