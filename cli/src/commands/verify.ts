import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult, UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { isExport } from '../move/is-export.ts';
import { readLogFile } from '../verify/read-log-file.ts';
import { RemoteLog } from '../verify/remote-log.ts';
import { verifyExport, type ExportVerdict } from '../verify/verify-export.ts';
import { verifyLog, type LogVerdict } from '../verify/verify-log.ts';

/** `maestro verify`. */
export function addVerify(program: Command, environment: CliEnvironment): void {
  program
    .command('verify')
    .argument('[id]', 'id of a continuation')
    .summary('check its log: hashes, gaps, and that it folds to the head')
    .description(
      'Checks that no event of a log was changed, left out or added, and that the log folds to the head row, byte for byte. Exits with 1 at the first place that does not verify.',
    )
    .option(
      '--file <file>',
      'a file of maestro export, or a log with one event per line, instead of an id',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ maestro verify <id>
  $ maestro verify --file moved.jsonl
  $ maestro events <id> --json > log.jsonl && maestro verify --file log.jsonl`,
    )
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const context = contextOf<{ readonly file?: string }>(command, environment);
      const { options, output, signal } = context;
      let verdict: LogVerdict;
      if (options.file !== undefined) {
        if (id !== undefined) throw new UsageError('give an id or --file, not both');
        if (await isExport(options.file)) {
          await verifyParts(output, options.file);
          return;
        }
        verdict = await verifyLog(readLogFile(options.file), () => undefined);
      } else {
        if (id === undefined) throw new UsageError('give an id, or --file with a log');
        const log = new RemoteLog(connect(options, environment), id, signal);
        verdict = await verifyLog(log.events(), () => log.head);
      }
      output.result(verdict, () => verdictLines(output, verdict));
      if (!verdict.ok) throw new NegativeResult('the log does not verify');
    });
}

async function verifyParts(output: Output, file: string): Promise<void> {
  let broken = 0;
  for await (const verdict of verifyExport(file)) {
    output.result(verdict, () => [partLine(output, verdict)]);
    if (!verdict.ok) broken++;
  }
  if (broken > 0) throw new NegativeResult('the export does not verify');
}

function partLine(output: Output, verdict: ExportVerdict): string {
  const { id, events, status, sealed, missingBlobs, fault } = verdict;
  if (fault) {
    return `${output.tone('bad', 'broken')}  ${id ?? 'the file'}  at line ${fault.line}: ${fault.message}`;
  }
  const lost = missingBlobs > 0 ? `; values left behind: ${missingBlobs}` : '';
  return `${output.tone('good', 'verified')}  ${id}  ${events} events; ${sealed ? 'sealed' : status}${lost}`;
}

function verdictLines(output: Output, verdict: LogVerdict): string[] {
  const { fault } = verdict;
  if (fault) {
    const name = verdict.id ?? 'the log';
    return [
      `${output.tone('bad', 'broken')}  ${name}  at event ${fault.sequence} (${fault.reason}): ${fault.message}`,
    ];
  }
  const heads = {
    same: 'folds to the head, byte for byte',
    different: '',
    unknown: verdict.erased > 0 ? 'head not compared: payloads are erased' : 'head not compared',
  };
  const erased = verdict.erased > 0 ? `, ${verdict.erased} erased` : '';
  return [
    `${output.tone('good', 'verified')}  ${verdict.id}  ${verdict.events} events${erased}; ${heads[verdict.head]}`,
  ];
}
