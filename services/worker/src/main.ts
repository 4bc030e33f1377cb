import { runUntilSignal, startMetrics, startTracing } from '@maestro/actors';
import { pino } from 'pino';
import { readWorkerConfig } from './worker-config.ts';
import { createWorker } from './worker.ts';

const log = pino({ name: 'worker' });

runUntilSignal('worker', log, async () => {
  const config = readWorkerConfig(process.env);
  log.level = config.logLevel;
  const tracing = await startTracing('maestro-worker', process.env);
  const metrics = await startMetrics('maestro-worker', process.env);
  const { observability } = metrics;
  const worker = await createWorker(config, log, { tracing, observability });
  await worker.listen();
  return async () => {
    await worker.close();
    await Promise.all([tracing?.close(), metrics.close()]);
  };
});
