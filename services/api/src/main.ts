import { runUntilSignal } from '@maestro/actors';
import { pino } from 'pino';
import { readApiConfig } from './api-config.ts';
import { runApi } from './run-api.ts';

const log = pino({ name: 'api' });

runUntilSignal('api', log, async () => {
  const config = readApiConfig(process.env);
  log.level = config.logLevel;
  return runApi(config, log);
});
