import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult, Refusal, UsageError } from '../failure.ts';
import { exportAll, type ExportReport } from '../move/export-all.ts';
import { ExportFile, partialOf } from '../move/export-file.ts';
import { streamSink } from '../move/export-sink.ts';
import { Progress } from '../move/progress.ts';
import { Output } from '../output.ts';
import { statusWord } from '../print/print-view.ts';
import { addStoreOptions, openScanner, type StoreOptions } from '../scanner/store-options.ts';
import { tokenTenant } from '../token-tenant.ts';

interface ExportCommandOptions extends StoreOptions {
  readonly tenant?: string | true;
  readonly out?: string;
  readonly seal?: boolean;
  readonly unsealed?: boolean;
  readonly allowMissing?: boolean;
}

/** `maestro export`. */
export function addExport(program: Command, environment: CliEnvironment): void {
  const command = program
    .command('export')
    .argument('[id...]', 'ids of continuations')
    .summary('take logs out of a store, to move them to another')
    .description(
      "Writes whole logs, as they are stored and with the values that they refer to, into a file that can be verified without any server and imported elsewhere. What is exported has to be sealed or finished, so that it goes on in one place alone; --seal seals it first, which needs a token with the role 'operator'. An export that was cut off is simply repeated: it goes on where the file ends.",
    )
    .option(
      '--tenant [slug]',
      "all continuations of the token's tenant, found in the store itself",
    );
  addStoreOptions(command)
    .option('--out <file>', 'the file; standard output unless given')
    .option('--seal', 'seal first what is neither sealed nor finished')
    .option('--unsealed', 'take also what goes on here, to be imported with --copy')
    .option('--allow-missing', 'leave behind the values that the blob store here has lost')
    .addHelpText(
      'after',
      `
The file: JSON Lines. For each continuation a header, its rows exactly as they are stored, each after the values that it
refers to, and an end with status and last hash. While it is written it is called FILE.partial.

Exits with 1 when one is refused: it goes on here, does not verify, or refers to values that the blob store has lost.
Restore those from a backup and repeat the command. With --allow-missing the log comes without them, for good: where it is
imported they are not found, either.

Examples:
  $ maestro export <id> --seal --out moved.jsonl
  $ maestro verify --file moved.jsonl
  $ maestro export --tenant --sqlite .maestro/state.db --seal --out tenant.jsonl
  $ maestro export <id> --unsealed | maestro import --copy - --api http://127.0.0.1:9090`,
    )
    .action(async (ids: readonly string[], _options: unknown, parsed: Command) => {
      const context = contextOf<ExportCommandOptions>(parsed, environment);
      checkOptions(ids, context.options);
      await run(context, ids);
    });
}

function checkOptions(ids: readonly string[], options: ExportCommandOptions): void {
  const { tenant, seal, unsealed } = options;
  if (ids.length > 0 === (tenant !== undefined)) {
    throw new UsageError('give ids, or --tenant and where the store is');
  }
  if (seal && unsealed) throw new UsageError('give --seal or --unsealed, not both');
}

async function run(
  context: CommandContext<ExportCommandOptions>,
  ids: readonly string[],
): Promise<void> {
  const { options, environment, signal } = context;
  const tenant = typeof options.tenant === 'string' ? options.tenant : undefined;
  const source = connect(options, environment, {
    ...(tenant === undefined ? {} : { tenant }),
    ...(options.seal ? { roles: ['operator'] } : {}),
  });
  const file = options.out === undefined ? undefined : await ExportFile.open(options.out);
  // Without a file the export itself goes to standard output.
  const output = file ? context.output : errorOutput(context.output.json);
  const progress = new Progress(output.json ? undefined : process.stderr);
  const counts = { exported: 0, present: 0, refused: 0 };
  let left = false;
  try {
    checkBegun(file, ids);
    const reports = exportAll({
      source,
      ids: options.tenant === undefined ? new Set(ids) : tenantIds(context),
      to: file ?? streamSink(process.stdout),
      seal: options.seal === true,
      unsealed: options.unsealed === true,
      allowMissing: options.allowMissing === true,
      signal,
      onEvent: (id, sequence) =>
        progress.update(() => `${counts.exported} exported; ${id}: event ${sequence}`),
    });
    for await (const report of reports) {
      counts[report.outcome]++;
      progress.clear();
      output.result(report, () => reportLines(output, report));
    }
    if (counts.refused === 0 && file && !file.isWhole) {
      left = true;
      await file.finish();
    }
  } finally {
    progress.clear();
    if (!left) await file?.leave();
  }
  if (counts.refused > 0) {
    output.note(summary(counts, file));
    throw new NegativeResult('not all could be exported');
  }
}

function checkBegun(file: ExportFile | undefined, ids: readonly string[]): void {
  const begun = file?.begun?.ref.id;
  if (!file || begun === undefined || ids.length === 0 || ids.includes(begun)) return;
  throw new Refusal(
    'export.file',
    `${partialOf(file.file)} ends within ${begun}: export that one too, or give another --out`,
  );
}

async function* tenantIds({
  options,
  environment,
  signal,
}: CommandContext<ExportCommandOptions>): AsyncGenerator<string, void> {
  const given = typeof options.tenant === 'string' ? options.tenant : undefined;
  const tenant = tokenTenant(options, environment, given);
  const scanner = await openScanner(options, environment);
  try {
    for await (const { ref } of scanner.heads({ tenant, signal })) yield ref.id;
  } finally {
    await scanner.close();
  }
}

function errorOutput(json: boolean): Output {
  return new Output({ json, colours: false, write: (text) => process.stderr.write(text) });
}

function reportLines(output: Output, report: ExportReport): string[] {
  const { id } = report;
  if (report.outcome === 'refused') {
    return [`${id}  ${output.tone('bad', 'refused')}  ${report.error.message}`];
  }
  const { sequence, status, sealed, missingBlobs } = report;
  const state = sealed ? output.tone('busy', 'sealed') : statusWord(output, status);
  const lost = missingBlobs > 0 ? `; values left behind: ${missingBlobs}` : '';
  const before = report.outcome === 'present' ? '  (was there before)' : '';
  return [`${id}  ${state}  ${sequence} events${lost}${before}`];
}

function summary(
  { exported, present, refused }: Readonly<Record<ExportReport['outcome'], number>>,
  file: ExportFile | undefined,
): string {
  const rest =
    file && !file.isWhole ? `; the others are in ${partialOf(file.file)}: repeat to go on` : '';
  return `${exported + present} exported, ${refused} refused${rest}`;
}
