import type { MaestroClient } from '@maestro/client';
import type { ContinuationRef, StoreScanner } from '@maestro/core';
import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../command-context.ts';
import { connect, type GlobalOptions } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult, UsageError } from '../failure.ts';
import { wholeNumber } from '../option-values.ts';
import { rearmAll, type RearmReport } from '../repair/rearm.ts';
import { addStoreOptions, openScanner, type StoreOptions } from '../scanner/store-options.ts';

interface RepairOptions extends StoreOptions {
  readonly rearm?: boolean;
  readonly tenant?: string;
  readonly dryRun?: boolean;
  readonly concurrency: number;
}

/** `maestro repair`. */
export function addRepair(program: Command, environment: CliEnvironment): void {
  const command = program
    .command('repair')
    .summary('arm the reminders of all unfinished continuations anew')
    .description(
      "For when the scheduler has lost its data: walks over the store itself and has every unfinished continuation look whether anything is due and arm its reminder. Safe to repeat, and while everything runs. Needs tokens with the role 'operator'; with the dev issuer's key it makes them.",
    )
    .option('--rearm', 'arm the reminders (the one repair that there is)');
  addStoreOptions(command)
    .option('--tenant <slug>', 'of this tenant only')
    .option('--dry-run', 'count, but change nothing')
    .option('--concurrency <n>', 'calls under way at a time', wholeNumber(1), 32)
    .addHelpText(
      'after',
      `
Examples:
  $ maestro repair --rearm --sqlite .maestro/state.db
  $ maestro repair --rearm --postgres postgres://localhost/maestro --tenant acme --dry-run
  $ AWS_REGION=eu-central-1 maestro repair --rearm --dynamodb maestro-continuations`,
    )
    .action(async (_options: unknown, parsed: Command) => {
      const context = contextOf<RepairOptions>(parsed, environment);
      const { options, output } = context;
      if (!options.rearm) throw new UsageError('say what to repair: --rearm');
      const token = options.token ?? environment.token;
      if (token !== undefined && options.tenant === undefined) {
        throw new UsageError('a token is good for one tenant: give --tenant with it');
      }
      const scanner = await openScanner(options, environment);
      try {
        const report = await repair(context, scanner);
        output.result({ ...report, dryRun: options.dryRun === true }, () =>
          reportLines(report, options.dryRun === true),
        );
        if (report.failed > 0) throw new NegativeResult('not all could be armed');
      } finally {
        await scanner.close();
      }
    });
}

async function repair(
  { options, environment, output, signal }: CommandContext<RepairOptions>,
  scanner: StoreScanner,
): Promise<RearmReport> {
  const clients = new OperatorClients(options, environment);
  const { tenant, concurrency } = options;
  const showProgress = process.stderr.isTTY && !output.json;
  const report = await rearmAll({
    scanner,
    wake: async (ref) => {
      await clients.of(ref).wake(ref.id, { signal });
    },
    dryRun: options.dryRun === true,
    concurrency,
    signal,
    ...(tenant === undefined ? {} : { tenant }),
    onProgress: ({ rearmed, failed, scanned }) => {
      const done = rearmed + failed;
      if (showProgress && done % 50 === 0) {
        process.stderr.write(`\r${done} done, ${scanned} scanned`);
      }
    },
  });
  if (showProgress) process.stderr.write('\r\u001b[K');
  return report;
}

/** One client per tenant: a token names one. */
class OperatorClients {
  readonly #options: GlobalOptions;
  readonly #environment: CliEnvironment;
  readonly #clients = new Map<string, MaestroClient>();

  constructor(options: GlobalOptions, environment: CliEnvironment) {
    this.#options = options;
    this.#environment = environment;
  }

  of({ tenant }: ContinuationRef): MaestroClient {
    let client = this.#clients.get(tenant);
    if (!client) {
      client = connect(this.#options, this.#environment, { tenant, roles: ['operator'] });
      this.#clients.set(tenant, client);
    }
    return client;
  }
}

function reportLines(report: RearmReport, dryRun: boolean): string[] {
  const { scanned, unfinished, rearmed, failed, failures } = report;
  if (dryRun) return [`${scanned} continuations, ${unfinished} unfinished; nothing was changed`];
  return [
    `${scanned} continuations, ${unfinished} unfinished, ${rearmed} armed${failed > 0 ? `, ${failed} failed` : ''}`,
    ...failures.map(({ tenant, id, code }) => `  ${tenant} ${id}  ${code}`),
  ];
}
