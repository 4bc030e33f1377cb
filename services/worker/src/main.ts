import { runUntilSignal } from '@maestro/actors';
import { pino } from 'pino';
import { readWorkerConfig } from './worker-config.ts';
import { createWorker } from './worker.ts';

const log = pino({ name: 'worker' });

runUntilSignal('worker', log, async () => {
  const config = readWorkerConfig(process.env);
  log.level = config.logLevel;
  const worker = await createWorker(config, log);
  await worker.listen();
  return worker.close;
});
