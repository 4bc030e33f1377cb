import type { StoredEvent } from '@maestro/core';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from '../failure.ts';
import { wholeNumber } from '../option-values.ts';
import { drawTrace, traceRows } from '../trace/draw-trace.ts';
import { TraceOfLog } from '../trace/trace-of-log.ts';
import { readLogFile } from '../verify/read-log-file.ts';

/** `maestro trace`. */
export function addTrace(program: Command, environment: CliEnvironment): void {
  program
    .command('trace')
    .argument('[id]', 'id of a continuation')
    .summary('draw its trace: ticks, turns, steps, sleeps')
    .description(
      'Draws the trace of a continuation from its log, without a collector: its ticks and sleeps, the turns and steps in each tick, how long after the start each began, how long it took, and where another host took over. With --json one line for each, with the ids of the spans that are exported over OTLP.',
    )
    .option(
      '--file <file>',
      'a log with one event per line (maestro events --json), instead of an id',
    )
    .option('--last <n>', 'the last ticks only', wholeNumber(1))
    .addHelpText(
      'after',
      `
A turn is one commit: its log has an instant, not how long it took. … goes on still.

Examples:
  $ maestro trace <id> --last 5
  $ maestro trace <id> --json | jq 'select(.kind == "sleep")'`,
    )
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<{
        readonly file?: string;
        readonly last?: number;
      }>(command, environment);
      const { file, last } = options;
      if ((id === undefined) === (file === undefined)) {
        throw new UsageError('give an id, or --file with a log');
      }
      const events: AsyncIterable<StoredEvent> =
        file === undefined
          ? connect(options, environment).allEvents(id ?? '', { signal })
          : readLogFile(file);
      const built = new TraceOfLog();
      for await (const event of events) built.add(event);
      const trace = built.result();
      if (!trace) throw new UsageError('the log has no events');
      if (output.json) for (const row of traceRows(trace)) output.result(row, () => []);
      else for (const line of drawTrace(output, trace, Date.now(), last)) output.note(line);
    });
}
