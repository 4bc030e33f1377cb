import { runUntilSignal, startMetrics, startTracing } from '@maestro/actors';
import { readApiConfig } from '@maestro/api';
import { readWarehouseConfig } from '@maestro/warehouse';
import { readWorkerConfig } from '@maestro/worker';
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { runStandalone } from './run-standalone.ts';

const log = pino({ name: 'standalone' });

runUntilSignal('standalone', log, async () => {
  // Its own commands stay in the process: what comes through the sidecar is always somebody else's.
  const actorKey = process.env['MAESTRO_ACTOR_KEY'] || randomBytes(32).toString('hex');
  const environment = { ...process.env, MAESTRO_ACTOR_KEY: actorKey };
  const workerConfig = readWorkerConfig(environment);
  log.level = workerConfig.logLevel;
  const tracing = await startTracing('maestro', process.env);
  return runStandalone({
    worker: workerConfig,
    api: readApiConfig(environment),
    ...(process.env['MAESTRO_WAREHOUSE'] ? { warehouse: readWarehouseConfig(environment) } : {}),
    log,
    tracing,
    metrics: await startMetrics('maestro', process.env),
  });
});
