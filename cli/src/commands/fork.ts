import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { forkRequestFrom, type ForkOptions } from '../fork-request.ts';
import { dollars, keyValue, wholeNumber } from '../option-values.ts';

/** `maestro fork`. */
export function addFork(program: Command, environment: CliEnvironment): void {
  program
    .command('fork')
    .argument('<id>', 'id of a continuation')
    .summary('make copies of it that go on by themselves')
    .description(
      'Makes children of a continuation, copies of what it is now or was as of an earlier event, and prints their ids. It goes on itself.',
    )
    .option('--from <sequence>', 'event to fork from; the last one unless given', wholeNumber(1))
    .option('--count <n>', 'how many children, all alike', wholeNumber(1), 1)
    .option('--objective <text>', 'what the children are to do instead')
    .option(
      '--param <key=value>',
      'a parameter of the recipe that is other in the children; repeat it for more',
      keyValue,
    )
    .option(
      '--budget <usd>',
      'what each child may spend, in US dollars; an even share unless given',
      dollars,
    )
    .option('--key <text>', 'idempotency key: the same key and request are taken once')
    .addHelpText(
      'after',
      `
Objective and parameters count from the child's next step on: a copy of a sleep waits for what the sleep waits for.

Examples:
  $ maestro fork <id>                                  a copy that goes on from here
  $ maestro fork <id> --from 1 --param signal=stop     what if, from an earlier event
  $ maestro fork <id> --count 5 --budget 0.50 && maestro tree <id>`,
    )
    .action(async (id: string, _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<ForkOptions & { readonly key?: string }>(
        command,
        environment,
      );
      const client = connect(options, environment);
      const answer = await client.fork(id, await forkRequestFrom(id, options, client, signal), {
        ...(options.key === undefined ? {} : { idempotencyKey: options.key }),
        signal,
      });
      const before = answer.changed ? '' : '  (was made before)';
      output.result({ id, ...answer }, () => answer.children.map((child) => `${child}${before}`));
    });
}
