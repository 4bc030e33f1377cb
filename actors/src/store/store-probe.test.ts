import { MaestroError } from '@maestro/core';
import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { MemoryRowStore } from '../testing/memory-row-store.ts';
import { WriteRefused, type RowStore, type RowWrite } from './row-store.ts';
import { probeStore } from './store-probe.ts';

/** Rows whose writes go through a function. */
function rowsWith(write: (rows: MemoryRowStore, writes: readonly RowWrite[]) => Promise<void>): {
  readonly store: RowStore;
  readonly rows: MemoryRowStore;
} {
  const rows = new MemoryRowStore();
  const store: RowStore = {
    read: (partition, key) => rows.read(partition, key),
    readMany: (partition, keys) => rows.readMany(partition, keys),
    write: (_partition, writes) => write(rows, writes),
  };
  return { store, rows };
}

async function refusal(rows: RowStore, clock = new FakeClock()): Promise<string> {
  const error: unknown = await probeStore(rows, 'maestro-state', clock).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(MaestroError);
  expect((error as MaestroError).code).toBe('component.unsupported');
  return (error as MaestroError).message;
}

it('is content with a store that fences, however often it is asked', async () => {
  const rows = new MemoryRowStore();
  for (let times = 0; times < 3; times++) await probeStore(rows, 'maestro-state', new FakeClock());
  expect(rows.snapshot().size).toBe(2);
});

it('refuses a store that writes over a row that exists', async () => {
  const { store } = rowsWith((rows, writes) =>
    rows.write(
      'p',
      writes.map((write) => ({ ...write, createOnly: false })),
    ),
  );
  expect(await refusal(store)).toContain('was not refused');
});

it('refuses a store whose refused transactions leave something behind', async () => {
  const { store } = rowsWith(async (rows, writes) => {
    for (const write of writes.toReversed()) await rows.write('p', [write]);
  });
  expect(await refusal(store)).toContain('stored in part');
});

it('refuses a store that does not find what was written', async () => {
  const { store } = rowsWith(async () => undefined);
  expect(await refusal(store)).toContain('cannot be read');
});

it('refuses a host whose clock is behind', async () => {
  const rows = new MemoryRowStore();
  await probeStore(rows, 'maestro-state', new FakeClock(Date.parse('2026-01-01T00:01:00Z')));
  const late = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
  expect(await refusal(rows, late)).toContain('60 s behind');
});

it.each([
  ['AccessDeniedException: not authorized to perform dynamodb:TransactWriteItems', 'may not write'],
  ['PartitionKey extracted from document does not match', 'partition key does not fit'],
  ['ResourceNotFoundException: Cannot do operations on a non-existent table', 'is not there'],
  ['Signature expired: 20260101T000000Z is now earlier', 'clock'],
  ['something new', 'a row could not be written'],
])('explains a refusal: %s', async (text, hint) => {
  const { store } = rowsWith(() => Promise.reject(new WriteRefused(text)));
  const message = await refusal(store);
  expect(message).toContain("'maestro-state'");
  expect(message).toContain(hint);
  expect(message).toContain(text);
});
