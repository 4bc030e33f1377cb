import { Argument, type Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { wholeNumber } from '../option-values.ts';
import { lineageLine } from '../print/lineage-line.ts';

const RELATIONS = ['ancestors', 'descendants', 'siblings'] as const;

/** `maestro lineage`. */
export function addLineage(program: Command, environment: CliEnvironment): void {
  program
    .command('lineage')
    .argument('<id>', 'id of a continuation')
    .addArgument(new Argument('<relation>', 'whom of its family to list').choices(RELATIONS))
    .summary('list its ancestors, descendants or siblings')
    .description(
      'Lists the ancestors of a continuation from the root down, its descendants generation by generation, or its siblings.',
    )
    .option('--depth <n>', 'generations up or down at most', wholeNumber(1))
    .addHelpText(
      'after',
      `
Examples:
  $ maestro lineage <id> ancestors
  $ maestro lineage <id> descendants --depth 1         its children`,
    )
    .action(
      async (
        id: string,
        relation: (typeof RELATIONS)[number],
        _options: unknown,
        command: Command,
      ) => {
        const { options, output, signal } = contextOf<{ readonly depth?: number }>(
          command,
          environment,
        );
        const { depth } = options;
        let count = 0;
        const family = connect(options, environment).wholeLineage(id, relation, {
          ...(depth === undefined ? {} : { depth }),
          signal,
        });
        for await (const node of family) {
          count++;
          output.result(node, () => [lineageLine(output, node)]);
        }
        if (count === 0) output.note(`${id} has no ${relation}`);
      },
    );
}
