import type { SkipAnswer } from '@maestro/client';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect, type GlobalOptions } from '../connection.ts';
import { duration } from '../duration.ts';
import type { CliEnvironment } from '../environment.ts';
import { statusWord } from '../print/print-view.ts';
import { addStoreOptions, openScanner, type StoreOptions } from '../scanner/store-options.ts';
import { tokenTenant } from '../token-tenant.ts';

const ENDED = new Set(['completed', 'failed', 'killed']);

/** `maestro skip`. */
export function addSkip(program: Command, environment: CliEnvironment): void {
  addStoreOptions(program.command('skip'))
    .argument('<duration>', 'how far, such as 30d, 90m or 1d12h', duration)
    .argument('[id...]', 'ids of continuations; all unfinished ones of a store unless given')
    .summary('put their own clocks forward (development)')
    .description(
      'Puts the clocks of continuations forward, each for itself, from due time to due time: what would happen by then happens now, in order. In development alone.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ maestro start countdown@1 --param n=31 --param everyMs=86400000
  $ maestro skip 30d <id>
  $ maestro skip 3d --sqlite .maestro/state.db`,
    )
    .action(async (ms: number, ids: string[], _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<StoreOptions>(command, environment);
      const client = connect(options, environment);
      const all = ids.length > 0 ? ids : unfinishedIn(options, environment, signal);
      for await (const id of all) {
        let skippedMs = 0;
        let answer: SkipAnswer;
        do {
          answer = await client.skip(id, ms - skippedMs, { signal });
          skippedMs += answer.skippedMs;
          // A request ends after a while; what is left is asked for again.
        } while (skippedMs < ms && !ENDED.has(answer.status));
        output.result({ id, ...answer, skippedMs }, () => [
          `${id}  ${statusWord(output, answer.status)}  its clock shows ${answer.now}, tick ${answer.tick}`,
        ]);
      }
    });
}

/** The unfinished continuations of the token's tenant in a store. */
async function* unfinishedIn(
  options: StoreOptions & GlobalOptions,
  environment: CliEnvironment,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const tenant = tokenTenant(options, environment, undefined);
  const scanner = await openScanner(options, environment);
  try {
    for await (const { ref, head } of scanner.heads({ tenant, signal })) {
      const { status } = JSON.parse(head) as { readonly status?: string };
      if (!ENDED.has(status ?? '')) yield ref.id;
    }
  } finally {
    await scanner.close();
  }
}
