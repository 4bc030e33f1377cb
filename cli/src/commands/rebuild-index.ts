import { MaestroError } from '@maestro/core';
import type { Command } from 'commander';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { contextOf } from '../command-context.ts';
import type { GlobalOptions } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult, UsageError } from '../failure.ts';
import { Progress } from '../move/progress.ts';
import { warehouseUrlOf } from '../option-values.ts';

interface RebuildOptions extends GlobalOptions {
  readonly warehouse?: string;
}

/** How far the warehouse is. */
interface RebuildProgress {
  readonly phase: string;
  readonly resumed: boolean;
  readonly heads: number;
  readonly events: number;
  readonly failed: number;
  readonly problem: string | null;
}

/** `maestro rebuild-index`. */
export function addRebuildIndex(program: Command, environment: CliEnvironment): void {
  program
    .command('rebuild-index')
    .summary('empty the warehouse and read everything from the state store again')
    .description(
      'Has a warehouse service empty its events, facts and dimensions and read every log of the state store again. Lists are incomplete until it has ended; everything else goes on. It goes on when this command is interrupted, and one that was cut is gone on with by the next. The service is the only process that may have a DuckDB file open, so it must run. Exits with 1 when it fails.',
    )
    .option(
      '--warehouse <url>',
      'where a warehouse of its own listens (not the development stack); MAESTRO_WAREHOUSE_URL',
      warehouseUrlOf,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ maestro rebuild-index --warehouse http://127.0.0.1:3000
  $ maestro replay --all --tenant acme                     compare it with the heads afterwards`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<RebuildOptions>(command, environment);
      const { warehouse = environment.warehouse } = options;
      if (warehouse === undefined) throw new UsageError('say where the warehouse is: --warehouse');
      const shown = new Progress(process.stderr);
      let last: RebuildProgress | undefined;
      for await (const progress of progressOf(`${warehouse}/rebuilds`, environment, signal)) {
        last = progress;
        shown.update(
          () => `${progress.phase}: ${progress.heads} continuations, ${progress.events} events`,
        );
      }
      shown.clear();
      if (last?.phase !== 'complete' && last?.phase !== 'failed') {
        throw new MaestroError(
          'sidecar.unavailable',
          `the warehouse at ${warehouse} broke off: run this again, it goes on where it was`,
        );
      }
      const { phase, heads, events, problem } = last;
      output.result(last, () => [
        `${output.tone(phase === 'complete' ? 'good' : 'bad', phase)}  ${heads} continuations, ${events} events${problem === null ? '' : `: ${problem}`}`,
      ]);
      if (phase === 'failed') throw new NegativeResult('the tables are not complete');
    });
}

/** The lines of the answer as they come; they may break off. @throws MaestroError when there is no answer. */
async function* progressOf(
  url: string,
  { warehouseHeaders }: CliEnvironment,
  signal: AbortSignal,
): AsyncGenerator<RebuildProgress, void> {
  const headers = { 'content-type': 'application/json', ...warehouseHeaders };
  const response = await fetch(url, { method: 'POST', headers, body: '{}', signal }).catch(
    (error: unknown) => {
      throw new MaestroError('sidecar.unavailable', `the warehouse at ${url} does not answer`, {
        cause: error,
      });
    },
  );
  if (!response.ok || !response.body) {
    throw new MaestroError(
      'request.invalid',
      `the warehouse refused: ${(await response.text()).slice(0, 300)}`,
    );
  }
  try {
    const input = Readable.fromWeb(response.body);
    for await (const line of createInterface({ input })) yield JSON.parse(line) as RebuildProgress;
  } catch {
    // The last line is then none that ends it.
  }
}
