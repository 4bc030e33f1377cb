import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from '../failure.ts';
import { wholeNumber } from '../option-values.ts';
import { eventLine } from '../print/print-event.ts';
import { followAll, followTimeline, requireCompletion } from './follow-timeline.ts';

/** `maestro events`. */
export function addEvents(program: Command, environment: CliEnvironment): void {
  program
    .command('events')
    .argument('[id]', 'id of a continuation; with --follow it may be left out')
    .summary('print its log')
    .description(
      'Prints the log of a continuation; with --json exactly as stored, one event per line. Without an id it follows what all continuations of the tenant commit from now on.',
    )
    .option('--from <sequence>', 'first event', wholeNumber(1), 1)
    .option('--follow', 'go on with what is added, until it has finished')
    .addHelpText(
      'after',
      `
Examples:
  $ maestro events <id> --follow
  $ maestro events --follow
  $ maestro events <id> --json > log.jsonl && maestro verify --file log.jsonl`,
    )
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const context = contextOf<{ readonly from: number; readonly follow?: boolean }>(
        command,
        environment,
      );
      const { options, output, signal } = context;
      const client = connect(options, environment);
      const { from } = options;
      if (id === undefined) {
        if (!options.follow) throw new UsageError('name a continuation, or follow all: --follow');
        await followAll(client, { output, signal });
        return;
      }
      if (options.follow) {
        requireCompletion(await followTimeline(client, id, { output, from, signal }));
        return;
      }
      for await (const event of client.allEvents(id, { from, signal })) {
        output.result(event, () => [eventLine(output, event)]);
      }
    });
}
