import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { startRequestFrom, type GoalOptions } from '../goal-source.ts';
import { dollars, keyValue } from '../option-values.ts';
import { statusWord } from '../print/print-view.ts';
import { followTimeline, requireCompletion } from './follow-timeline.ts';

interface StartOptions extends GoalOptions {
  readonly key?: string;
  readonly follow?: boolean;
}

/** `maestro start`. */
export function addStart(program: Command, environment: CliEnvironment): void {
  program
    .command('start')
    .argument('<recipe|file>', 'a recipe such as noop@1, or a YAML or JSON file with a goal frame')
    .summary('start a continuation')
    .description('Starts a continuation and prints its id.')
    .option('--objective <text>', 'what is wanted')
    .option('--param <key=value>', 'a parameter of the recipe; repeat it for more', keyValue)
    .option('--cap <usd>', 'hard cap of the budget, in US dollars', dollars)
    .option('--key <text>', 'idempotency key: the same key and request start it once')
    .option('--follow', 'print its events until it has finished')
    .addHelpText(
      'after',
      `
Examples:
  $ maestro start noop@1 --param sleepMs=30000 --follow
  $ maestro start wait@1 --param signal=go
  $ maestro start goal.yaml --cap 2.50 --key monday-brief`,
    )
    .action(async (source: string, _options: unknown, command: Command) => {
      const context = contextOf<StartOptions>(command, environment);
      const { options, output, signal } = context;
      const client = connect(options, environment);
      const started = await client.start(await startRequestFrom(source, options), {
        ...(options.key === undefined ? {} : { idempotencyKey: options.key }),
        signal,
      });
      output.result(started, () => [
        `${started.id}  ${statusWord(output, started.status)}${started.created ? '' : '  (was started before)'}`,
      ]);
      if (!options.follow) return;
      requireCompletion(await followTimeline(client, started.id, { output, signal }));
    });
}
