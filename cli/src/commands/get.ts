import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { viewLines } from '../print/print-view.ts';

/** `maestro get`. */
export function addGet(program: Command, environment: CliEnvironment): void {
  program
    .command('get')
    .argument('<id>', 'id of a continuation')
    .summary('show how a continuation stands')
    .description('Shows how a continuation stands, and its last ten events.')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const view = await connect(options, environment).get(id, { signal });
      output.result(view, () => viewLines(output, view, Date.now()));
    });
}
