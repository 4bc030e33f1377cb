import { CopySource } from '@maestro/core';
import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult, UsageError } from '../failure.ts';
import { importFile, type ImportReport } from '../move/import-file.ts';
import { Progress } from '../move/progress.ts';
import { openSpooled } from '../move/spooled-input.ts';
import type { Output } from '../output.ts';
import { statusWord } from '../print/print-view.ts';
import { tokenTenant } from '../token-tenant.ts';

interface ImportCommandOptions {
  readonly tenant?: string;
  readonly copy?: boolean;
  readonly copyKey?: string;
  readonly unseal?: boolean;
}

/** Reading back a long log takes a while. */
const FINISH_TIMEOUT_MS = 300_000;

/** `maestro import`. */
export function addImport(program: Command, environment: CliEnvironment): void {
  program
    .command('import')
    .argument('[file...]', 'files of maestro export; - is standard input', ['-'])
    .summary('bring exported logs into a store')
    .description(
      "Brings continuations from files of maestro export to where the API is. Each is verified as a whole before anything of it is sent, by the server once more, and comes into being with its last row; it stays sealed unless --unseal lets it go on. One that is refused does not stop the others. An import that was cut off is simply repeated. Needs a token with the role 'operator'.",
    )
    .option('--copy', 'as new continuations under ids of their own, also of another tenant')
    .option('--copy-key <text>', 'makes another copy of what was copied before')
    .option('--unseal', 'let them go on here')
    .option('--tenant <slug>', "the token's tenant, where the token does not say it")
    .addHelpText(
      'after',
      `
A copy has an id that follows from the log, its end and --copy-key, so a repeated import makes no second copy. What was not
sealed goes on at once as a copy.

Examples:
  $ maestro import moved.jsonl --unseal
  $ maestro import tenant.jsonl --json
  $ maestro export <id> --unsealed | maestro import --copy - --api http://127.0.0.1:9090`,
    )
    .action(async (files: readonly string[], _options: unknown, parsed: Command) => {
      const context = contextOf<ImportCommandOptions>(parsed, environment);
      if (context.options.copyKey !== undefined && !context.options.copy) {
        throw new UsageError('--copy-key is for --copy');
      }
      if (!CopySource.shape.key.safeParse(context.options.copyKey ?? '').success) {
        throw new UsageError('--copy-key has at most 200 characters');
      }
      if (files.includes('-') && process.stdin.isTTY) {
        throw new UsageError('give a file of maestro export, or pipe one in');
      }
      await run(context, files);
    });
}

async function run(
  context: CommandContext<ImportCommandOptions>,
  files: readonly string[],
): Promise<void> {
  const { options, environment, output, signal } = context;
  const { copy = false, unseal = false, copyKey } = options;
  const tenant = tokenTenant(options, environment, options.tenant);
  const target = connect(options, environment, {
    tenant,
    roles: ['operator'],
    timeoutMs: FINISH_TIMEOUT_MS,
  });
  const progress = new Progress(output.json ? undefined : process.stderr);
  const counts = { imported: 0, present: 0, refused: 0 };
  const onRows = (id: string, sequence: number, of: number): void =>
    progress.update(() => `${counts.imported} imported; ${id}: ${sequence} of ${of} events`);
  for (const file of files) {
    const input = await openSpooled(file, process.stdin, signal);
    try {
      const reports = importFile(input.handle, {
        name: input.name,
        tenant,
        target,
        copy,
        unseal,
        signal,
        onRows,
        ...(copyKey === undefined ? {} : { copyKey }),
      });
      for await (const report of reports) {
        counts[report.outcome]++;
        progress.clear();
        output.result(report, () => [reportLine(output, report)]);
      }
    } finally {
      progress.clear();
      await input.close();
    }
  }
  const all = counts.imported + counts.present + counts.refused;
  if (all > 1) output.note(summary(counts));
  if (counts.refused > 0) throw new NegativeResult('not all could be imported');
}

function reportLine(output: Output, report: ImportReport): string {
  const { id = report.file, copy, outcome, answer, error } = report;
  const name = copy === undefined ? id : `${id} -> ${copy}`;
  if (!answer) return `${name}  ${output.tone('bad', 'refused')}  ${error?.message ?? ''}`;
  const { status, sequence, sealed } = answer;
  const state = sealed ? output.tone('busy', 'sealed') : statusWord(output, status);
  const before = outcome === 'present' ? '  (was here before)' : '';
  return `${name}  ${state}  ${sequence} events${before}`;
}

function summary({
  imported,
  present,
  refused,
}: Readonly<Record<ImportReport['outcome'], number>>): string {
  return `${imported} imported, ${present} here before, ${refused} refused`;
}
