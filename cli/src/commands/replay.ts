import type { MaestroClient } from '@maestro/client';
import { MaestroError } from '@maestro/core';
import type { Command } from 'commander';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { contextOf } from '../command-context.ts';
import { connect, type GlobalOptions } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult, UsageError } from '../failure.ts';
import { warehouseUrlOf } from '../option-values.ts';
import type { Output } from '../output.ts';

/** How long the API may take for one: it gives the warehouse, which reads a whole log, two minutes. */
const REPLAY_TIMEOUT_MS = 130_000;

/** Continuations of one request. */
const PAGE = 200;

interface ReplayOptions extends GlobalOptions {
  readonly from: string;
  readonly warehouse?: string;
  readonly tenant?: string;
  readonly all?: boolean;
}

/** What the warehouse says of one continuation. */
interface Replayed {
  readonly ref: { readonly id: string };
  readonly outcome: string;
  readonly sequence?: number;
  readonly missing?: number;
  readonly atByte?: number;
}

/** `maestro replay`. */
export function addReplay(program: Command, environment: CliEnvironment): void {
  program
    .command('replay')
    .argument('[id]', 'id of a continuation')
    .summary('rebuild states from the warehouse and compare them with the heads')
    .description(
      'Folds the events that the warehouse holds and compares the result with the head row of the store, byte for byte. Exits with 1 when any is not the same. With --all the API lists those that the warehouse knows, and one of which it never got an event is not seen; with --warehouse the store is walked, and it is.',
    )
    .option('--from <source>', 'where the events are read from', 'warehouse')
    .option(
      '--all',
      'every continuation of the tenant that the warehouse knows; with --warehouse every one of the store',
    )
    .option(
      '--tenant <tenant>',
      'with --warehouse: the tenant; MAESTRO_TENANT or demo unless given',
    )
    .option(
      '--warehouse <url>',
      'ask the warehouse where it listens instead of the API, for operators; MAESTRO_WAREHOUSE_URL',
      warehouseUrlOf,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ maestro replay <id>
  $ maestro replay --all --tenant acme --warehouse http://127.0.0.1:3000`,
    )
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<ReplayOptions>(command, environment);
      const { warehouse = environment.warehouse } = options;
      if (options.from !== 'warehouse') throw new UsageError('--from takes only warehouse');
      if ((id === undefined) !== (options.all === true))
        throw new UsageError('give an id or --all');
      const { tenant = environment.tenant } = options;
      const replays =
        warehouse === undefined
          ? replaysByApi(
              connect(options, environment, { timeoutMs: REPLAY_TIMEOUT_MS }),
              id,
              signal,
            )
          : replaysOf(`${warehouse}/replays?${queryOf(tenant, id)}`, {
              headers: environment.warehouseHeaders,
              signal,
            });
      const counts = new Map<string, number>();
      for await (const replayed of replays) {
        counts.set(replayed.outcome, (counts.get(replayed.outcome) ?? 0) + 1);
        const worthALine = id !== undefined || replayed.outcome !== 'same';
        if (options.json || worthALine) output.result(replayed, () => [lineOf(output, replayed)]);
      }
      const found = [...counts.values()].reduce((sum, count) => sum + count, 0);
      if (id !== undefined && found === 0) {
        throw new MaestroError('continuation.not_found', `there is no continuation ${id}`);
      }
      if (id === undefined) {
        const sums = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
        const known = ' of those that the warehouse knows; --warehouse walks the store';
        output.note(`${sums || 'none'}${warehouse === undefined ? known : ''}`);
      }
      if ((counts.get('same') ?? 0) < found) throw new NegativeResult('not all are the same');
    });
}

function queryOf(tenant: string, id: string | undefined): string {
  const continuation = id === undefined ? {} : { continuation: id };
  return new URLSearchParams({ tenant, ...continuation }).toString();
}

/** Replays of one, or of all that the API lists, which are those that the warehouse knows, as they come. */
async function* replaysByApi(
  client: MaestroClient,
  id: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Replayed, void> {
  if (id !== undefined) {
    yield { ref: { id }, ...(await client.replay(id, { signal })) };
    return;
  }
  let cursor: string | undefined;
  do {
    const page = await client.list({ limit: PAGE, cursor, signal });
    for (const listed of page.continuations) {
      yield { ref: { id: listed.id }, ...(await client.replay(listed.id, { signal })) };
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

/** The lines of the answer as they come. @throws MaestroError when there is none, or when it breaks off. */
async function* replaysOf(
  url: string,
  init: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): AsyncGenerator<Replayed, void> {
  const failed = (cause: unknown): MaestroError =>
    new MaestroError('sidecar.unavailable', `the warehouse at ${url} gave no whole answer`, {
      cause,
    });
  const response = await fetch(url, init).catch((error: unknown) => {
    throw failed(error);
  });
  if (!response.ok || !response.body) {
    throw new MaestroError(
      'request.invalid',
      `the warehouse refused: ${(await response.text()).slice(0, 300)}`,
    );
  }
  try {
    const input = Readable.fromWeb(response.body);
    for await (const line of createInterface({ input })) yield JSON.parse(line) as Replayed;
  } catch (error) {
    throw failed(error);
  }
}

function lineOf(output: Output, { ref, outcome, sequence, missing, atByte }: Replayed): string {
  const tone = outcome === 'same' ? 'good' : 'bad';
  const where =
    missing !== undefined
      ? `: ${missing} events are missing after ${sequence}`
      : atByte !== undefined
        ? `: from byte ${atByte} of the head on`
        : sequence === undefined
          ? ''
          : ` up to event ${sequence}`;
  return `${output.tone(tone, outcome)}  ${ref.id}${where}`;
}
