import { runUntilSignal, startMetrics, startTracing } from '@maestro/actors';
import { readApiConfig } from '@maestro/api';
import { readWarehouseConfig } from '@maestro/warehouse';
import { readWorkerConfig } from '@maestro/worker';
import { pino } from 'pino';
import { runStandalone } from './run-standalone.ts';

const log = pino({ name: 'standalone' });

runUntilSignal('standalone', log, async () => {
  const workerConfig = readWorkerConfig(process.env);
  log.level = workerConfig.logLevel;
  const tracing = await startTracing('maestro', process.env);
  return runStandalone({
    worker: workerConfig,
    api: readApiConfig(process.env),
    ...(process.env['MAESTRO_WAREHOUSE'] ? { warehouse: readWarehouseConfig(process.env) } : {}),
    log,
    tracing,
    metrics: await startMetrics('maestro', process.env),
  });
});
