import { runUntilSignal, startMetrics, startTracing } from '@maestro/actors';
import { openIdentity } from '@maestro/api';
import { pino } from 'pino';
import { readWorkerConfig, type WorkerConfig } from './worker-config.ts';
import { createWorker } from './worker.ts';

const log = pino({ name: 'worker' });

runUntilSignal('worker', log, async () => {
  const config = readWorkerConfig(process.env);
  log.level = config.logLevel;
  const tracing = await startTracing('maestro-worker', process.env);
  const metrics = await startMetrics('maestro-worker', process.env);
  const { observability } = metrics;
  const worker = await createWorker(config, log, {
    tracing,
    observability,
    identity: await callersOf(config),
  });
  await worker.listen();
  return async () => {
    await worker.close();
    await Promise.all([tracing?.close(), metrics.close()]);
  };
});

/** Tells who other services are; nobody where no provider is named. */
async function callersOf({ identity, devKeyFile, development }: WorkerConfig) {
  if (!identity) return undefined;
  const environment = development ? 'development' : 'production';
  return (await openIdentity({ identity, devKeyFile, environment, log })).identity;
}
