import { runUntilSignal } from '@maestro/actors';
import { readApiConfig } from '@maestro/api';
import { readWorkerConfig } from '@maestro/worker';
import { pino } from 'pino';
import { runStandalone } from './run-standalone.ts';

const log = pino({ name: 'standalone' });

runUntilSignal('standalone', log, async () => {
  const workerConfig = readWorkerConfig(process.env);
  log.level = workerConfig.logLevel;
  return runStandalone(workerConfig, readApiConfig(process.env), log);
});
