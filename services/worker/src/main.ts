import { runUntilSignal } from '@maestro/actors';
import { pino } from 'pino';
import { readWorkerConfig } from './worker-config.ts';
import { createWorker } from './worker.ts';

const log = pino({ name: 'worker', level: process.env['MAESTRO_LOG_LEVEL'] ?? 'info' });

runUntilSignal('worker', log, async () => {
  const worker = await createWorker(readWorkerConfig(process.env), log);
  await worker.listen();
  return worker.close;
});
