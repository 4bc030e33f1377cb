import type { LineageNode } from '@maestro/client';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { wholeNumber } from '../option-values.ts';
import { drawTree } from '../print/draw-tree.ts';

/** `maestro tree`. */
export function addTree(program: Command, environment: CliEnvironment): void {
  program
    .command('tree')
    .argument('<id>', 'id of any continuation of the tree')
    .summary('draw its family tree')
    .description(
      'Draws the family tree of a continuation from its root, with how each one stands and what it has spent; with --json one continuation per line, parents before their children.',
    )
    .option('--depth <n>', 'generations below the root at most', wholeNumber(1))
    .addHelpText(
      'after',
      `
● running  ○ sleeping  ‖ paused  ✓ completed  ✗ failed  ■ killed  ? cannot be read (mostly: has not begun yet)`,
    )
    .action(async (id: string, _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<{ readonly depth?: number }>(
        command,
        environment,
      );
      const { depth } = options;
      const nodes: LineageNode[] = [];
      const family = connect(options, environment).wholeLineage(id, 'tree', {
        ...(depth === undefined ? {} : { depth }),
        signal,
      });
      for await (const node of family) {
        if (output.json) output.result(node, () => []);
        else nodes.push(node);
      }
      if (!output.json) for (const line of drawTree(output, nodes, id)) output.note(line);
    });
}
