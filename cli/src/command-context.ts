import type { Command } from 'commander';
import type { GlobalOptions } from './connection.ts';
import type { CliEnvironment } from './environment.ts';
import { Output } from './output.ts';

/** What every command works with. */
export interface CommandContext<O = object> {
  readonly options: GlobalOptions & O;
  readonly environment: CliEnvironment;
  readonly output: Output;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The context of a parsed command. */
export function contextOf<O>(command: Command, environment: CliEnvironment): CommandContext<O> {
  const options = command.optsWithGlobals<GlobalOptions & O>();
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    interrupted.abort(new Error('interrupted'));
  });
  return {
    options,
    environment,
    output: new Output({ json: options.json === true }),
    signal: interrupted.signal,
  };
}
