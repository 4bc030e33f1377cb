import { FinishImportAnswer } from '@maestro/client/protocol';
import { defineRecipe, parseStoredEvent, sleep, timerAfter } from '@maestro/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startApi, type ApiAnswer, type ApiHarness } from './testing/api-harness.ts';

// Each refusal is checked, in the harness, to have written, changed or removed no row.
const token = 'acme:oscar:operator';
const only = defineRecipe({
  name: 'only-there',
  version: 1,
  description: 'A recipe that the target does not have',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'nap', state: {} }),
  steps: { nap: { inline: true, run: ({ nowMs }) => sleep(timerAfter(nowMs, 60_000), 'nap') } },
});

let source: ApiHarness;
let target: ApiHarness;
beforeEach(async () => {
  source = await startApi({ more: [only] });
  target = await startApi();
});
afterEach(async () => {
  await Promise.all([source.close(), target.close()]);
});

interface Log {
  readonly id: string;
  readonly rows: readonly string[];
  readonly end: { readonly sequence: number; readonly hash: string };
}

/** Starts one, gives it signals, and takes its log. */
async function exported(signals = ['seal'], recipe = 'wait@1'): Promise<Log> {
  const goal = { objective: 'try it', recipe };
  const headers = { 'idempotency-key': recipe };
  const started = await source.call('POST', '/continuations', { body: { goal }, headers });
  const { id } = started.json as { id: string };
  for (const signal of signals) {
    await source.call('POST', `/continuations/${id}/signals`, { body: { signal }, token });
  }
  return logOf(source, id);
}

/** Another log under the same id: ids are derived from the idempotency key. */
async function sameIdElsewhere({ id }: Log): Promise<Log> {
  const elsewhere = await startApi();
  const headers = { 'idempotency-key': 'wait@1' };
  const goal = { objective: 'try it', recipe: 'wait@1' };
  await elsewhere.call('POST', '/continuations', { body: { goal }, headers });
  await elsewhere.close();
  return logOf(elsewhere, id);
}

function logOf({ runtime }: ApiHarness, id: string): Log {
  const rows = [...runtime.rows.snapshot()].flatMap(([key, row]) =>
    key.startsWith(`acme:${id}:log:`) ? [row] : [],
  );
  const { sequence, hash } = parseStoredEvent(rows.at(-1) ?? '');
  return { id, rows, end: { sequence, hash } };
}

function send({ id }: Log, from: number, rows: readonly string[]): Promise<ApiAnswer> {
  return target.call('POST', `/continuations/${id}/import`, { body: { from, rows }, token });
}

function finish({ id, end }: Log): Promise<ApiAnswer> {
  return target.call('POST', `/continuations/${id}/import/finish`, { body: end, token });
}

function refused(log: Log, route: 'import' | 'import/finish', body: object, as = token) {
  return target.refused('POST', `/continuations/${log.id}/${route}`, { body, token: as });
}

function sleepersIn({ runtime }: ApiHarness): readonly string[] {
  return runtime.armed().map(({ actorId }) => actorId);
}

describe('an import', () => {
  it('brings the same rows and the head that they fold to, and it goes on once it is unsealed', async () => {
    const log = await exported(['seal'], 'noop@1');
    expect((await send(log, 1, log.rows.slice(0, 2))).json).toEqual({ changed: true, sequence: 2 });
    expect(await target.refused('GET', `/continuations/${log.id}`)).toMatchObject({
      code: 'continuation.not_found',
    });
    await send(log, 3, log.rows.slice(2));
    const { json } = await finish(log);
    expect(FinishImportAnswer.parse(json)).toEqual({
      changed: true,
      status: 'paused',
      sequence: log.end.sequence,
      sealed: true,
    });
    expect(target.rows()).toEqual(source.rows());
    expect(sleepersIn(target)).toEqual([]);
    const body = { signal: 'unseal' };
    await target.call('POST', `/continuations/${log.id}/signals`, { body, token });
    await target.runtime.advance(60_000);
    const moved = await target.call('GET', `/continuations/${log.id}`);
    expect(moved.json).toMatchObject({ status: 'completed', generation: 2 });
    await source.runtime.advance(60_000);
    expect(logOf(source, log.id)).toEqual(log);
  });

  it('that was cut off goes on, wherever it was cut off', async () => {
    const log = await exported();
    await send(log, 1, log.rows.slice(0, 3));
    expect((await send(log, 1, log.rows)).json).toMatchObject({ changed: true });
    expect((await send(log, 1, log.rows)).json).toMatchObject({ changed: false });
    target.runtime.rows.fault = () => 'lose-answer';
    expect((await finish(log)).json).toMatchObject({ changed: false, sealed: true });
    target.runtime.rows.fault = undefined;
    expect((await finish(log)).json).toMatchObject({ changed: false, sealed: true });
  });

  it('that is repeated after it has gone on changes nothing and says so', async () => {
    const log = await exported();
    await send(log, 1, log.rows);
    await finish(log);
    for (const signal of ['unseal', 'go']) {
      await target.call('POST', `/continuations/${log.id}/signals`, { body: { signal }, token });
    }
    await target.runtime.idle();
    const before = target.rows();
    expect((await send(log, 1, log.rows)).json).toMatchObject({ changed: false });
    expect((await finish(log)).json).toMatchObject({
      changed: false,
      status: 'completed',
      sealed: false,
    });
    expect(target.rows()).toEqual(before);
  });

  it('takes a finished log without a seal, also one whose recipe is not here', async () => {
    const log = await exported(['kill'], 'only-there@1');
    await send(log, 1, log.rows);
    expect((await finish(log)).json).toMatchObject({
      changed: true,
      status: 'killed',
      sealed: false,
    });
  });
});

/** A row with another event in it. */
function changed(row: string, change: (event: Record<string, unknown>) => object): string {
  return JSON.stringify(change(JSON.parse(row) as Record<string, unknown>));
}

describe('refused as import.invalid, with the event,', () => {
  it.each<[string, (rows: readonly string[]) => readonly string[], number]>([
    ['a row that is no event', (rows) => [...rows.slice(0, 2), '{"sequence":3}'], 3],
    ['a row that is not JSON', (rows) => [...rows.slice(0, 1), 'x'], 2],
    ['a missing row', (rows) => rows.filter((_, index) => index !== 1), 2],
    [
      'a changed payload',
      (rows) =>
        rows.map((row, at) => (at === 3 ? row.replace('"signal":"go"', '"signal":"no"') : row)),
      4,
    ],
    [
      'a changed envelope',
      (rows) =>
        rows.map((row, at) => (at === 1 ? changed(row, (event) => ({ ...event, done: 1 })) : row)),
      2,
    ],
    [
      'an erased payload',
      (rows) =>
        rows.map((row, at) =>
          at === 2 ? changed(row, (event) => ({ ...event, payload: null, salt: null })) : row,
        ),
      3,
    ],
    [
      'another way of writing the same',
      (rows) => rows.map((row, at) => (at === 2 ? `${row} ` : row)),
      3,
    ],
  ])('%s', async (_name, tamper, sequence) => {
    const log = await exported();
    const problem = await refused(log, 'import', { from: 1, rows: tamper(log.rows) });
    expect(problem).toMatchObject({ status: 422, code: 'import.invalid', retryable: false });
    expect(problem.detail).toMatch(new RegExp(`^event ${sequence}: `));
  });

  it('rows of another continuation, and of another tenant', async () => {
    const log = await exported();
    const other = await exported(['seal'], 'noop@1');
    const body = { from: 1, rows: log.rows };
    expect(await refused(other, 'import', body)).toMatchObject({ code: 'import.invalid' });
    expect(await refused(log, 'import', body, 'globex:bob:operator')).toMatchObject({
      code: 'import.invalid',
    });
  });

  it('rows before which others are missing, and a finish before all rows are here', async () => {
    const log = await exported();
    const rest = { from: 4, rows: log.rows.slice(3) };
    expect((await refused(log, 'import', rest)).detail).toContain('event 3');
    await send(log, 1, log.rows.slice(0, 2));
    expect((await refused(log, 'import/finish', log.end)).detail).toContain('event 3');
  });

  it('a log that is neither sealed nor finished', async () => {
    const log = await exported(['seal', 'unseal']);
    await send(log, 1, log.rows);
    const problem = await refused(log, 'import/finish', log.end);
    expect(problem).toMatchObject({ code: 'import.invalid' });
    expect(problem.detail).toContain('sealed');
  });
});

describe('refused as import.conflict', () => {
  it('other rows, where some are here', async () => {
    const log = await exported();
    await send(log, 1, log.rows);
    const other = await sameIdElsewhere(log);
    expect(await refused(other, 'import', { from: 1, rows: other.rows })).toMatchObject({
      status: 409,
      code: 'import.conflict',
      retryable: false,
    });
    expect(await refused(log, 'import/finish', { ...log.end, hash: 'a'.repeat(64) })).toMatchObject(
      {
        code: 'import.conflict',
      },
    );
    const short = { sequence: 4, hash: parseStoredEvent(log.rows[3] ?? '').hash };
    expect(await refused(log, 'import/finish', short)).toMatchObject({ code: 'import.conflict' });
  });

  it('a longer log, where the continuation lives: nothing is added to it', async () => {
    const log = await exported();
    await send(log, 1, log.rows);
    await finish(log);
    for (const signal of ['unseal', 'seal']) {
      await source.call('POST', `/continuations/${log.id}/signals`, { body: { signal }, token });
    }
    const longer = logOf(source, log.id);
    expect(await refused(longer, 'import', { from: 1, rows: longer.rows })).toMatchObject({
      code: 'import.conflict',
    });
    expect(await refused(longer, 'import/finish', longer.end)).toMatchObject({
      code: 'import.conflict',
    });
  });
});

it('refuses to bring what could not go on here', async () => {
  const log = await exported(['seal'], 'only-there@1');
  await send(log, 1, log.rows);
  expect(await refused(log, 'import/finish', log.end)).toMatchObject({ code: 'recipe.unknown' });
});

it.each(['import', 'import/finish'] as const)('%s is for operators alone', async (route) => {
  const log = await exported();
  const body = route === 'import' ? { from: 1, rows: log.rows } : log.end;
  expect(await refused(log, route, body, 'acme:alice')).toMatchObject({ code: 'auth.forbidden' });
});

it('takes no more than fifty rows at a time, and no request of another shape', async () => {
  const log = await exported();
  for (const body of [
    { from: 1, rows: [] },
    { from: 0, rows: log.rows },
    { from: 1, rows: Array.from({ length: 51 }, () => 'x') },
    { from: 1, rows: log.rows, head: 'x' },
  ]) {
    expect(await refused(log, 'import', body)).toMatchObject({ code: 'request.invalid' });
  }
});

it('of rows whose storing failed nothing is left', async () => {
  const log = await exported();
  target.runtime.rows.fault = () => 'refuse';
  expect(await refused(log, 'import', { from: 1, rows: log.rows })).toMatchObject({
    code: 'commit.outcome_unknown',
  });
});
