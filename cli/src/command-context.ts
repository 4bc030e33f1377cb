import type { Command } from 'commander';
import type { GlobalOptions } from './connection.ts';
import type { CliEnvironment } from './environment.ts';
import { Output } from './output.ts';

/** What every command works with. */
export interface CommandContext<O = object> {
  readonly options: GlobalOptions & O;
  readonly environment: CliEnvironment;
  readonly output: Output;
  /** Aborts on Ctrl-C and SIGTERM; the second one ends the process at once. */
  readonly signal: AbortSignal;
}

/** The context of a parsed command. */
export function contextOf<O>(command: Command, environment: CliEnvironment): CommandContext<O> {
  const options = command.optsWithGlobals<GlobalOptions & O>();
  const interrupted = abortOnSignals();
  return {
    options,
    environment,
    output: new Output({ json: options.json === true }),
    signal: interrupted,
  };
}

function abortOnSignals(): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // Stays on: while anybody listens, the launcher leaves the end of its processes to the command.
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(1);
      interrupted.abort(new Error('interrupted'));
    });
  }
  return interrupted.signal;
}
