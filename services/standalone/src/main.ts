import { runUntilSignal } from '@maestro/actors';
import { readApiConfig } from '@maestro/api';
import { readWorkerConfig } from '@maestro/worker';
import { pino } from 'pino';
import { runStandalone } from './run-standalone.ts';

const log = pino({ name: 'standalone', level: process.env['MAESTRO_LOG_LEVEL'] ?? 'info' });

runUntilSignal('standalone', log, async () =>
  runStandalone(readWorkerConfig(process.env), readApiConfig(process.env), log),
);
