import type { MaestroClient } from '@maestro/client';
import { AUDIT_GENESIS, AuditRecord, AuditVerifier, type AuditEntry } from '@maestro/core';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult } from '../failure.ts';
import { wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { fileLines } from '../verify/file-lines.ts';

/** Records of one request. */
const PAGE = 200;

interface AuditOptions {
  readonly from: number;
  readonly tenant?: string;
  readonly continuation?: string;
  readonly file?: string;
}

/** `maestro audit`. */
export function addAudit(program: Command, environment: CliEnvironment): void {
  program
    .command('audit')
    .summary('who did what (operators)')
    .description(
      'Shows the audit log of the tenant, and checks on the way that no record was changed, left out or added. With --json the records come as they are stored, one on a line: an export, which --file checks and shows again. Exits with 1 at the first record that is not in order.',
    )
    .option('--from <number>', 'number of the first record', wholeNumber(1), 1)
    .option(
      '--tenant <tenant>',
      'of another tenant, also a deleted one (admins of the installation)',
    )
    .option('--continuation <id>', 'show only what was done to this one; all records are checked')
    .option('--file <file>', 'an export, instead of asking the API')
    .addHelpText(
      'after',
      `
Examples:
  $ maestro audit --continuation <id>
  $ maestro audit --json > audit.jsonl && maestro audit --file audit.jsonl`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<AuditOptions>(command, environment);
      const { from, continuation, file } = options;
      const rows =
        file === undefined ? asked(connect(options, environment), options, signal) : exported(file);
      // What comes before the first record is only known of the whole log.
      const whole = file === undefined && from === 1;
      const verifier = new AuditVerifier(whole ? { number: 0, hash: AUDIT_GENESIS } : undefined);
      let records = 0;
      for await (const row of rows) {
        const fault = verifier.add(row);
        if (fault !== undefined) {
          const after = verifier.end ? `behind record ${verifier.end.number}` : 'the first record';
          output.note(`${output.tone('bad', 'broken')}  ${after}: ${fault}`);
          throw new NegativeResult(`the audit log does not verify: ${fault}`);
        }
        records++;
        const { number, entries } = AuditRecord.parse(JSON.parse(row));
        const shown = entries.filter(
          ({ target }) => continuation === undefined || target === continuation,
        );
        if (shown.length > 0) {
          output.result(JSON.parse(row), () => shown.map((one) => lineOf(output, number, one)));
        }
      }
      output.note(`${output.tone('good', 'verified')}  ${records} records`);
    });
}

async function* asked(
  client: MaestroClient,
  { tenant, from: first }: Pick<AuditOptions, 'from' | 'tenant'>,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  for (let from: number | null = first; from !== null;) {
    const page = await client.audit({
      from,
      limit: PAGE,
      signal,
      ...(tenant === undefined ? {} : { tenant }),
    });
    yield* page.records;
    from = page.next;
  }
}

async function* exported(file: string): AsyncGenerator<string, void> {
  for await (const { line } of fileLines(file)) yield line;
}

function lineOf(output: Output, number: number, entry: AuditEntry): string {
  const { at, by, action, target, outcome, code, detail } = entry;
  const tone = outcome === 'refused' ? 'bad' : outcome === 'done' ? 'good' : 'busy';
  const words = [
    String(number).padStart(6),
    at,
    output.tone(tone, outcome.padEnd(7)),
    by,
    action,
    target ?? '',
    code ?? '',
    detail ? JSON.stringify(detail) : '',
  ];
  return words.filter((word) => word !== '').join('  ');
}
