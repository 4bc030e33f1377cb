import { MaestroError } from '@maestro/core';
import { pino } from 'pino';
import { readApiConfig } from './api-config.ts';
import { runApi } from './run-api.ts';

// The level is set once the configuration is known to be right.
const log = pino({ name: 'api' });

const started = Promise.resolve().then(() => {
  const config = readApiConfig(process.env);
  log.level = config.logLevel;
  return runApi(config, log);
});
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
