import { MaestroError, type ContinuationRef } from '@maestro/core';
import { expect, it } from 'vitest';
import { EventReader, type EventSink } from './event-reader.ts';

const ref: ContinuationRef = { tenant: 'acme', id: '01JB0000000000000000000000' };
const rows = Array.from({ length: 10 }, (_, index) => `row ${index + 1}`);

/** A sink that keeps everything in memory and refuses what does not follow. */
class MemorySink implements EventSink {
  readonly taken: string[] = [];
  failNext = 0;
  emptyNext = false;

  async position(): Promise<number> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.taken.length;
  }

  async append(_ref: ContinuationRef, from: number, more: readonly string[]): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.emptyNext) this.taken.length = 0;
    this.emptyNext = false;
    if (this.failNext-- > 0) throw new Error('the sink is away');
    if (from !== this.taken.length + 1) {
      throw new MaestroError('request.invalid', `${from} does not follow`);
    }
    this.taken.push(...more);
  }
}

function readerOf(logged = rows) {
  const sink = new MemorySink();
  /** First sequence and number of rows of what was read from the log. */
  const reads: [number, number][] = [];
  const log = {
    readRange: async (_ref: ContinuationRef, from: number, limit: number) => {
      reads.push([from, limit]);
      return logged.slice(from - 1, from - 1 + limit);
    },
  };
  return { reader: new EventReader(log, sink), sink, reads };
}

const message = (from: number, to: number) => ({
  tenant: ref.tenant,
  continuation: ref.id,
  from,
  to,
  rows: rows.slice(from - 1, to),
});

it('hands events on once and in order, whatever comes twice or overlaps', async () => {
  const { reader, sink } = readerOf();
  await reader.take(message(1, 3));
  await reader.take(message(1, 3));
  await reader.take(message(2, 6));
  expect(sink.taken).toEqual(rows.slice(0, 6));
  expect(reader.counts).toEqual({ appended: 6, known: 5, repaired: 0 });
});

it('reads from the log what was too large for a message', async () => {
  const { reader, sink, reads } = readerOf();
  await reader.take(message(1, 3));
  await reader.take({ ...message(4, 5), rows: [] });
  await reader.take(message(6, 6));
  expect(sink.taken).toEqual(rows.slice(0, 6));
  expect(reads).toEqual([[4, 2]]);
});

it('reads from the log what no message brought', async () => {
  const { reader, sink } = readerOf();
  await reader.take(message(8, 9));
  expect(sink.taken).toEqual(rows.slice(0, 9));
  expect(reader.counts).toEqual({ appended: 9, known: 0, repaired: 7 });
});

it('reads from the log up to a head, and no event again that a message brought', async () => {
  const { reader, sink, reads } = readerOf();
  await reader.take(message(1, 3));
  await reader.readTo({ ref, sequence: 3 });
  expect(reads).toEqual([]);
  await reader.readTo({ ref, sequence: 7 });
  expect(reads).toEqual([[4, 4]]);
  await reader.readTo({ ref, sequence: 5 });
  await reader.take(message(6, 9));
  expect(sink.taken).toEqual(rows.slice(0, 9));
  expect(reader.counts).toEqual({ appended: 9, known: 2, repaired: 4 });
});

it('sources beside each other do not disturb each other', async () => {
  const { reader, sink } = readerOf();
  await Promise.all([
    reader.take(message(5, 7)),
    reader.readTo({ ref, sequence: 9 }),
    reader.take(message(1, 4)),
    reader.readTo({ ref, sequence: 2 }),
    reader.take(message(3, 10)),
    reader.take(message(1, 10)),
  ]);
  expect(sink.taken).toEqual(rows);
});

it('what the sink did not take comes again', async () => {
  const { reader, sink } = readerOf();
  sink.failNext = 1;
  await expect(reader.take(message(1, 3))).rejects.toThrow('the sink is away');
  await reader.take(message(1, 3));
  expect(sink.taken).toEqual(rows.slice(0, 3));
});

it('asks for a message or a head again when the log does not show what is missing yet', async () => {
  const { reader, sink } = readerOf([]);
  await expect(reader.take(message(4, 5))).rejects.toMatchObject({ retryable: true });
  await expect(reader.readTo({ ref, sequence: 1 })).rejects.toMatchObject({ retryable: true });
  expect(sink.taken).toEqual([]);
});

it.each([
  ['nothing', undefined],
  ['fewer rows than events', { ...message(1, 3), rows: rows.slice(0, 2) }],
  ['an end before its beginning', { ...message(3, 3), to: 2, rows: [] }],
  ['another tenant format', { ...message(1, 1), tenant: '../etc' }],
  ['a sequence below one', { ...message(1, 1), from: 0 }],
])('refuses %s for good', async (_what, data) => {
  const { reader } = readerOf();
  const error: unknown = await reader.take(data).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(MaestroError);
  expect(error).toMatchObject({ code: 'request.invalid', retryable: false });
});

it('reads the log when somebody has emptied the sink between its position and what is handed on', async () => {
  const { reader, sink, reads } = readerOf();
  await reader.take(message(1, 5));
  sink.emptyNext = true;
  await reader.take(message(6, 7));
  expect(sink.taken).toEqual(rows.slice(0, 7));
  expect(reads).toEqual([[1, 5]]);
});
