import { MaestroError, type Clock } from '@maestro/core';
import type { RowStore } from './row-store.ts';

/** All rows of the probe: no tenant can be called this, slugs have no dot. */
const PARTITION = 'maestro.probe';
const LOCK = `${PARTITION}:lock`;
const WITNESS = `${PARTITION}:witness`;
const CLOCK = `${PARTITION}:clock`;

/** How far two hosts' clocks may be apart, in ms. */
const MAX_SKEW_MS = 5_000;

/**
 * Finds out, before the first continuation comes, whether a store can hold any: that it can be written and read, that a
 * create-only row is refused when it exists and takes the rest of its transaction with it, and that this host's clock
 * agrees with that of the host that asked last. Writes three rows, always the same ones.
 *
 * @throws MaestroError `component.unsupported` with what is wrong, and `sidecar.unavailable` when there is no answer.
 */
export async function probeStore(rows: RowStore, component: string, clock: Clock): Promise<void> {
  const fail = (what: string): MaestroError =>
    new MaestroError('component.unsupported', `'${component}': ${what}`);
  const write = (writes: Parameters<RowStore['write']>[1]): Promise<Error | undefined> =>
    rows.write(PARTITION, writes).then(
      () => undefined,
      (error: Error) => error,
    );

  const created = await write([{ key: LOCK, value: 'held', createOnly: true }]);
  const lock = await rows.read(PARTITION, LOCK);
  if (lock !== 'held') {
    throw fail(
      created
        ? refusalHint(created.message)
        : 'a row that was written cannot be read: check the partition key of the table or container',
    );
  }
  const mark = `${clock.nowMs()}.${Math.random()}`;
  const again = await write([
    { key: LOCK, value: 'stolen', createOnly: true },
    { key: WITNESS, value: mark, createOnly: false },
  ]);
  if (!again || (await rows.read(PARTITION, LOCK)) !== 'held') {
    throw fail(
      'a create-only write over an existing row was not refused, so nothing fences a host',
    );
  }
  if ((await rows.read(PARTITION, WITNESS)) === mark) {
    throw fail('a refused transaction was stored in part, so a log could have holes');
  }
  await checkClock(rows, clock, fail);
}

async function checkClock(
  rows: RowStore,
  clock: Clock,
  fail: (what: string) => MaestroError,
): Promise<void> {
  const aheadMs = Number((await rows.read(PARTITION, CLOCK)) ?? 0) - clock.nowMs();
  if (aheadMs > MAX_SKEW_MS) {
    throw fail(
      `this host's clock is ${(aheadMs / 1000).toFixed(0)} s behind that of a host that used the store before: synchronize the clocks; if it was the other that was wrong, delete the row '${CLOCK}' from the store`,
    );
  }
  await rows.write(PARTITION, [{ key: CLOCK, value: String(clock.nowMs()), createOnly: false }]);
}

/** What a store's refusal of the very first write says about the component, as far as its words tell. */
function refusalHint(text: string): string {
  const hints: readonly (readonly [RegExp, string])[] = [
    [
      // Of a batch in the wrong partition Dapr's Cosmos DB component tells no more than this.
      /partition ?key|operation \d+ which failed with status code 400/i,
      'the partition key does not fit: /partitionKey of a Cosmos DB container, `key` of a DynamoDB table (field partitionKey)',
    ],
    [
      /expired|skew|date header|not yet (current|valid)/i,
      "the service refuses this host's clock: synchronize it",
    ],
    [
      /access ?denied|not authorized|forbidden|unauthorized|\b40[13]\b|permission/i,
      'the sidecar may not write: give its identity read and write access',
    ],
    [
      /not ?found|does not exist|no such/i,
      'the table, container or database is not there: check the fields table, database and collection',
    ],
  ];
  const hint = hints.find(([pattern]) => pattern.test(text))?.[1];
  return `${hint ?? 'a row could not be written'} (${text.slice(0, 400)})`;
}
