import type { MergeRequestInput } from '@maestro/client';
import { Option, type Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import { duration } from '../duration.ts';
import type { CliEnvironment } from '../environment.ts';
import { keyValue, wholeNumber } from '../option-values.ts';
import { statusWord } from '../print/print-view.ts';

interface MergeOptions {
  readonly function: string;
  readonly param?: Readonly<Record<string, unknown>>;
  readonly need?: number;
  readonly within?: number;
  readonly onFailure: 'fail' | 'skip' | 'include';
  readonly objective?: string;
  readonly recipe?: string;
  readonly key?: string;
}

/** `maestro merge`. */
export function addMerge(program: Command, environment: CliEnvironment): void {
  program
    .command('merge')
    .argument('<id...>', 'ids of the parents, finished or not')
    .summary('make one of several, when they have ended')
    .description(
      'Starts a continuation that waits for its parents, merges what they came to, and gets what is left of their budgets; prints its id.',
    )
    .option('--function <name>', 'collect, best-by-score, three-way, or a package’s own', 'collect')
    .option('--param <key=value>', 'a parameter of the function; repeat it for more', keyValue)
    .option('--need <n>', 'how many parents have to have ended; all unless given', wholeNumber(1))
    .option('--within <duration>', 'merge what there is by then, such as 2h', duration)
    .addOption(
      new Option('--on-failure <what>', 'what becomes of parents that failed or were killed')
        .choices(['fail', 'skip', 'include'])
        .default('fail'),
    )
    .option('--objective <text>', 'what the merge is for')
    .option('--recipe <name@version>', 'what goes on with the outcome; merge@1 completes with it')
    .option('--key <text>', 'idempotency key: the same key and request are taken once')
    .addHelpText(
      'after',
      `
Examples:
  $ maestro merge <id> <id> --function three-way
  $ maestro merge $(maestro fork <id> --count 3) --function best-by-score --param score=/score --need 2 --within 1h`,
    )
    .action(async (parents: string[], _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<MergeOptions>(command, environment);
      const { key } = options;
      const answer = await connect(options, environment).merge(requestOf(parents, options), {
        ...(key === undefined ? {} : { idempotencyKey: key }),
        signal,
      });
      output.result(answer, () => [
        `${answer.id}  ${statusWord(output, answer.status)}${answer.created ? '' : '  (was started before)'}`,
      ]);
    });
}

function requestOf(parents: readonly string[], options: MergeOptions): MergeRequestInput {
  const { function: name, param, need, within, onFailure, objective, recipe } = options;
  const words = `Merge ${parents.length} continuations by ${name}`;
  return {
    parents: [...parents],
    function: name,
    onFailure,
    ...(param === undefined ? {} : { parameters: param }),
    ...(need === undefined ? {} : { need }),
    ...(within === undefined ? {} : { deadline: new Date(Date.now() + within).toISOString() }),
    ...(objective === undefined && recipe === undefined
      ? {}
      : { goal: { objective: objective ?? words, ...(recipe === undefined ? {} : { recipe }) } }),
  };
}
