import { runUntilSignal } from '@maestro/actors';
import { pino } from 'pino';
import { readApiConfig } from './api-config.ts';
import { runApi } from './run-api.ts';

const log = pino({ name: 'api', level: process.env['MAESTRO_LOG_LEVEL'] ?? 'info' });

runUntilSignal('api', log, async () => runApi(readApiConfig(process.env), log));
