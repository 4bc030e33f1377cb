import { runUntilSignal, startMetrics, startTracing } from '@maestro/actors';
import { pino } from 'pino';
import { readApiConfig } from './api-config.ts';
import { runApi } from './run-api.ts';

const log = pino({ name: 'api' });

runUntilSignal('api', log, async () => {
  const config = readApiConfig(process.env);
  log.level = config.logLevel;
  return runApi(config, log, {
    tracing: await startTracing('maestro-api', process.env),
    metrics: await startMetrics('maestro-api', process.env),
  });
});
