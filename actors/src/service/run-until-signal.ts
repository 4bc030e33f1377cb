import { MaestroError } from '@maestro/core';

/** The part of a pino logger that is used here. */
interface Logger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
  fatal(fields: object, message: string): void;
}

/** How soon after the first a signal counts as the same one, in ms. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs a service until SIGTERM or SIGINT, then closes it and exits: 0 after a clean shutdown, 1 when it could not start
 * or close. A second signal ends it at once, unless it comes right after the first: a terminal and a launcher both pass on
 * the same Ctrl+C.
 */
export function runUntilSignal(
  name: string,
  log: Logger,
  start: () => Promise<() => Promise<void>>,
): void {
  let stoppingSinceMs: number | undefined;
  const started = start();
  started.then(
    () => log.info({ service: name, pid: process.pid }, 'started'),
    (error: unknown) => {
      const { code, message } = MaestroError.from(error);
      log.fatal({ service: name, code, err: error }, message);
      process.exit(1);
    },
  );
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppingSinceMs !== undefined) {
      if (performance.now() - stoppingSinceMs > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSinceMs = performance.now();
    log.info({ service: name, signal }, 'stopping');
    void started
      .then((close) => close())
      .then(
        () => {
          log.info({ service: name }, 'stopped');
          process.exit(0);
        },
        (error: unknown) => {
          log.error({ service: name, err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
