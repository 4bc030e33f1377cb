import type { FinishImportInput } from '@maestro/client/protocol';
import {
  copyId,
  GENESIS_HASH,
  parseStoredEvent,
  sealEvent,
  upcast,
  type CopySource,
  type EventDraft,
} from '@maestro/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness } from '../testing/api-harness.ts';

// Each refusal is checked, in the harness, to have written, changed or removed no row.
const token = 'acme:oscar:operator';

let source: ApiHarness;
let target: ApiHarness;
beforeEach(async () => {
  source = await startApi();
  target = await startApi();
});
afterEach(async () => {
  await Promise.all([source.close(), target.close()]);
});

/** The rows of one that sleeps at the source and goes on there, and what a copy of it is of. */
async function sleeping(): Promise<{ rows: readonly string[]; of: CopySource }> {
  const id = await source.start('noop@1', { sleepMs: 60_000 });
  const rows = [...source.runtime.rows.snapshot()].flatMap(([key, row]) =>
    key.startsWith(`acme:${id}:log:`) ? [row] : [],
  );
  return { rows, of: { tenant: 'acme', id, hash: hashOf(rows), key: '' } };
}

function hashOf(rows: readonly string[]): string {
  return parseStoredEvent(rows.at(-1) ?? '').hash;
}

/** The rows sealed anew for another continuation. */
function sealedFor(id: string, rows: readonly string[]): readonly string[] {
  let previous = GENESIS_HASH;
  return rows.map((text) => {
    const { type, payload, salt, hash: _hash, ...rest } = upcast(parseStoredEvent(text));
    const draft = { type, payload } as EventDraft;
    const place = { ...rest, continuation: id, previous, salt: salt ?? '' };
    const { event, row } = sealEvent(draft, place);
    previous = event.hash;
    return row;
  });
}

async function send(id: string, rows: readonly string[]): Promise<void> {
  await target.call('POST', `/continuations/${id}/import`, { body: { from: 1, rows }, token });
}

function endOf(rows: readonly string[], copyOf?: CopySource): FinishImportInput {
  return { sequence: rows.length, hash: hashOf(rows), ...(copyOf ? { copyOf } : {}) };
}

function finishing(id: string): string {
  return `/continuations/${id}/import/finish`;
}

describe('a copy', () => {
  it('need be neither sealed nor finished, and goes on', async () => {
    const { rows, of } = await sleeping();
    const id = copyId('acme', of);
    const copy = sealedFor(id, rows);
    await send(id, copy);
    const body = endOf(copy, of);
    const { json } = await target.call('POST', finishing(id), { body, token });
    expect(json).toMatchObject({ changed: true, status: 'sleeping', sealed: false });
    const again = await target.call('POST', finishing(id), { body, token });
    expect(again.json).toMatchObject({ changed: false, status: 'sleeping' });
    await target.call('POST', `/continuations/${id}/wake`, { token });
    await target.runtime.idle();
    expect(target.runtime.armed().map(({ actorId }) => actorId)).toEqual([`acme.${id}`]);
  });

  it('is refused without what it is of: then it may go on elsewhere', async () => {
    const { rows, of } = await sleeping();
    const id = copyId('acme', of);
    const copy = sealedFor(id, rows);
    await send(id, copy);
    expect(await target.refused('POST', finishing(id), { body: endOf(copy), token })).toMatchObject(
      {
        code: 'import.invalid',
      },
    );
  });
});

describe('refused, and nothing exists,', () => {
  const other = '01J0000000000000000000000A';

  it.each<[string, (of: CopySource) => CopySource]>([
    ['what it is of itself', (of) => of],
    ['another tenant', (of) => ({ ...of, tenant: 'globex' })],
    ['another continuation', (of) => ({ ...of, id: other })],
    ['another end', (of) => ({ ...of, hash: 'b'.repeat(64) })],
    ['another key', (of) => ({ ...of, key: '2' })],
  ])('is the original under its own id, said to be a copy: %s', async (_name, change) => {
    const { rows, of } = await sleeping();
    await send(of.id, rows);
    const body = endOf(rows, change(of));
    const problem = await target.refused('POST', finishing(of.id), { body, token });
    expect(problem).toMatchObject({
      httpStatus: 422,
      code: 'request.unprocessable',
      retryable: false,
    });
    expect(problem.errors).toMatchObject([{ at: '/copyOf' }]);
    expect(problem.detail).toContain(of.id);
    expect(await target.refused('GET', `/continuations/${of.id}`)).toMatchObject({
      code: 'continuation.not_found',
    });
  });

  it.each<[string, (of: CopySource) => CopySource]>([
    ['another tenant', (of) => ({ ...of, tenant: 'globex' })],
    ['another continuation', (of) => ({ ...of, id: other })],
    ['another end', (of) => ({ ...of, hash: 'b'.repeat(64) })],
    ['another key', (of) => ({ ...of, key: '2' })],
  ])('is a copy of something else than is said: %s', async (_name, change) => {
    const { rows, of } = await sleeping();
    const id = copyId('acme', of);
    const copy = sealedFor(id, rows);
    await send(id, copy);
    const body = endOf(copy, change(of));
    expect(await target.refused('POST', finishing(id), { body, token })).toMatchObject({
      code: 'request.unprocessable',
    });
  });

  it('is a copy that was made for another tenant', async () => {
    const { rows, of } = await sleeping();
    const id = copyId('globex', of);
    const copy = sealedFor(id, rows);
    await send(id, copy);
    expect(
      await target.refused('POST', finishing(id), { body: endOf(copy, of), token }),
    ).toMatchObject({ code: 'request.unprocessable' });
  });

  it('is a request that only says that it is a copy', async () => {
    const { rows, of } = await sleeping();
    await send(of.id, rows);
    for (const more of [{ copy: true }, { copyOf: true }, { copyOf: {} }, { copyOf: null }]) {
      const body = { ...endOf(rows), ...more };
      expect(await target.refused('POST', finishing(of.id), { body, token })).toMatchObject({
        code: 'request.invalid',
      });
    }
  });
});
