import type { Explanation } from '@maestro/client';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import type { Output } from '../output.ts';
import { statusWord } from '../print/print-view.ts';
import { relativeTime } from '../print/relative-time.ts';

/** `maestro explain`. */
export function addExplain(program: Command, environment: CliEnvironment): void {
  program
    .command('explain')
    .argument('<id>', 'id of a continuation')
    .summary('say what it waits for')
    .description('Says what a continuation waits for, since when, and what would move it on.')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const explanation = await connect(options, environment).explain(id, { signal });
      output.result(explanation, () => explanationLines(output, explanation, Date.now()));
    });
}

function explanationLines(output: Output, explanation: Explanation, nowMs: number): string[] {
  const { id, status, summary, since, waitingFor, wouldWake, lastWake } = explanation;
  const row = (name: string, text: string): string =>
    `  ${output.tone('quiet', name.padEnd(11))} ${text}`;
  return [
    `${output.tone('strong', id)}  ${statusWord(output, status)}  ${relativeTime(since, nowMs)}`,
    `  ${summary}`,
    ...waitingFor.flatMap(({ near = [] }) =>
      near
        .slice(0, 3)
        .map((item, index) => row(index === 0 ? 'came near' : '', `${item.id}: ${item.reason}`)),
    ),
    ...wouldWake.map((what, index) => row(index === 0 ? 'would wake' : '', what)),
    ...(lastWake
      ? [
          row(
            'last wake',
            `${relativeTime(lastWake.at, nowMs)} by ${lastWake.cause.kind}, ${lastWake.lateMs} ms late`,
          ),
        ]
      : []),
  ];
}
