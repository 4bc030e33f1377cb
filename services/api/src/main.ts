import { MaestroError } from '@maestro/core';
import { pino } from 'pino';
import { readApiConfig } from './api-config.ts';
import { runApi } from './run-api.ts';

const log = pino({ name: 'api', level: process.env['MAESTRO_LOG_LEVEL'] ?? 'info' });

const started = Promise.resolve().then(() => runApi(readApiConfig(process.env), log));
started.catch((error: unknown) => {
  const { code, message } = MaestroError.from(error);
  log.fatal({ code, err: error }, message);
  process.exit(1);
});

let stopping = false;
const stop = (signal: NodeJS.Signals): void => {
  if (stopping) process.exit(1);
  stopping = true;
  log.info({ signal }, 'stopping');
  started
    .then((close) => close())
    .then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
