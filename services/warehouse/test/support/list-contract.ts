import type { ListQuery, WarehouseTables } from '@maestro/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  canonicalJson,
  clockDueMs,
  parseStoredEvent,
  type EventDraft,
  type WakeCondition,
} from '@maestro/core';
import { logOf, randomLog, spawn } from './random-log.ts';
import { newRef, type SampleLog } from './sample-log.ts';

const TENANT = 'lister';
/** A tenant whose continuations sleep. */
const SLEEPER = 'sleeper';

const hour = (number: number): string => new Date(Date.UTC(2026, 5, 1, number)).toISOString();
const WAITS: readonly WakeCondition[] = [
  { kind: 'timer', at: hour(5) },
  { kind: 'human', signal: 'approve', timeout: hour(3), reminders: [{ at: hour(1) }] },
  { kind: 'human', signal: 'approve' },
  { kind: 'stream', stream: 'papers', since: hour(0) },
  { kind: 'parents', need: 1, deadline: hour(4) },
  {
    kind: 'anyOf',
    conditions: [
      { kind: 'stream', stream: 'papers' },
      { kind: 'timer', at: hour(7) },
      { kind: 'human', signal: 'approve', timeout: hour(2) },
    ],
  },
  { kind: 'anyOf', conditions: [{ kind: 'timer', at: hour(5) }] },
];

const slept = (wake: WakeCondition): EventDraft => ({
  type: 'sleep',
  payload: { wake, step: 'begin' },
});
const woken = (tick: number): EventDraft => ({
  type: 'wake',
  payload: {
    cause: { kind: 'spawn', causeId: `wake:${tick}` },
    waitId: null,
    tick,
    lateMs: 0,
    pending: [],
  },
});
const signalled = (signal: string): EventDraft => ({
  type: 'human_signal',
  payload: { signal, requestId: signal, by: { subject: 'alice' } },
});

function logWith(events: readonly EventDraft[], tags?: readonly string[]): SampleLog {
  const ref = newRef(SLEEPER);
  return logOf([spawn(ref, 'sample@1', 'sleep', tags), ...events], { ref });
}

/** Asleep with each kind of wait, from the beginning or after other sleeps, and some that are not asleep. */
function sleepers(): readonly SampleLog[] {
  const asleep = WAITS.flatMap((wake, index) => [
    logWith([woken(1), slept(wake)], ['all', `wait-${index}`]),
    logWith([woken(1), slept(WAITS[0]!), woken(2), slept(wake), signalled('note')], ['all']),
  ]);
  return [
    ...asleep,
    logWith([woken(1), slept(WAITS[0]!), woken(2)], ['all']),
    logWith([woken(1), slept(WAITS[0]!), signalled('pause')]),
    logWith([woken(1), slept(WAITS[0]!), signalled('pause'), signalled('resume')]),
    logWith([
      woken(1),
      slept(WAITS[0]!),
      signalled('kill'),
      { type: 'kill', payload: { reason: 'requested' } },
    ]),
  ];
}

/** When it is due, by its head. */
const dueOf = ({ state }: SampleLog): number | null =>
  state.status === 'sleeping' && state.wait ? clockDueMs(state.wait.condition) : null;

/** What lists must be in any database. */
export function listContract(
  name: string,
  start: () => Promise<{ readonly tables: WarehouseTables; close(): Promise<void> }>,
): void {
  describe(`lists in ${name}`, () => {
    let database: Awaited<ReturnType<typeof start>>;
    /** Of the tenant, the newest first. */
    let logs: readonly SampleLog[];
    beforeAll(async () => {
      database = await start();
      const all = Array.from({ length: 60 }, (_, seed) => randomLog(seed, TENANT));
      const oddRef = newRef(TENANT);
      const objective = 'find 100% of it_all \\ now';
      const odd = logOf([spawn(oddRef, 'odd@1', objective)], { ref: oddRef });
      logs = [...all, odd].sort(
        ({ state: a }, { state: b }) =>
          Date.parse(b.createdAt) - Date.parse(a.createdAt) || (a.id < b.id ? 1 : -1),
      );
      for (const { ref, rows } of [...logs, randomLog(7, 'other')]) {
        await database.tables.append(ref, 1, rows);
      }
      expect(database.tables.builtAtMs).toBeNull();
      await database.tables.build();
      expect(database.tables.builtAtMs).toBeGreaterThan(0);
    });
    afterAll(() => database?.close());

    const ids = async (query: Partial<ListQuery> = {}): Promise<readonly string[]> => {
      const found = await database.tables.list({ tenant: TENANT, limit: 1000, ...query });
      return found.map(({ id }) => id);
    };
    const idsOf = (wanted: (log: SampleLog) => boolean): readonly string[] =>
      logs.filter(wanted).map(({ state }) => state.id);

    it('are the newest first, and say what the heads say', async () => {
      const found = await database.tables.list({ tenant: TENANT, limit: 1000 });
      expect(found).toEqual(
        logs.map(({ state }) =>
          expect.objectContaining({
            id: state.id,
            status: state.status,
            recipe: state.goal.recipe,
            objective: state.goal.objective,
            root: state.lineage.root,
            depth: state.lineage.depth,
            tick: state.tick,
            createdAtMs: Date.parse(state.createdAt),
            lastEventAtMs: Date.parse(state.updatedAt),
          }),
        ),
      );
    });

    it('come in pages of any size, each once', async () => {
      for (const limit of [1, 7, 60, 61]) {
        const seen: string[] = [];
        for (let after: ListQuery['after']; ;) {
          const page = await database.tables.list({ tenant: TENANT, limit, after });
          seen.push(...page.map(({ id }) => id));
          const last = page.at(-1);
          if (!last) break;
          after = last;
        }
        expect(seen).toEqual(idsOf(() => true));
      }
    });

    it('hold only what satisfies all that is asked for', async () => {
      expect(await ids({ status: 'sleeping' })).toEqual(
        idsOf(({ state }) => state.status === 'sleeping'),
      );
      expect(await ids({ recipe: 'odd@1' })).toHaveLength(1);
      const { state: some } = logs[20]!;
      expect(await ids({ root: some.lineage.root })).toEqual(
        idsOf(({ state }) => state.lineage.root === some.lineage.root),
      );
      const sinceMs = Date.parse(some.createdAt);
      expect(await ids({ sinceMs })).toEqual(
        idsOf(({ state }) => Date.parse(state.createdAt) >= sinceMs),
      );
      expect(await ids({ sinceMs, status: some.status })).toContain(some.id);
      expect(await ids({ status: some.status, recipe: 'none@1' })).toEqual([]);
    });

    it.each(['100%', 'IT_ALL', '\\ now', 'find'])('find %s in objectives', async (search) => {
      expect(await ids({ search })).toEqual(
        idsOf(({ state }) => state.goal.objective.toLowerCase().includes(search.toLowerCase())),
      );
    });

    it.each(['1%0', "'; drop table event; --", '_____________________________'])(
      'take %s for nothing but text',
      async (search) => {
        expect(await ids({ search })).toEqual([]);
        expect(await ids()).toHaveLength(logs.length);
      },
    );

    it('tell who is due, the soonest first, whatever it waits for and in however many builds it came', async () => {
      const all = sleepers();
      for (const size of [2, 100]) {
        const tenant = `${SLEEPER}-${size}`;
        const moved = all.map(({ ref, rows, state }) => ({
          state,
          ref: { tenant, id: ref.id },
          rows: rows.map((row) => canonicalJson({ ...parseStoredEvent(row), tenant })),
        }));
        for (let from = 1; moved.some(({ rows }) => from <= rows.length); from += size) {
          for (const { ref, rows } of moved) {
            const piece = rows.slice(from - 1, from - 1 + size);
            if (piece.length > 0) await database.tables.append(ref, from, piece);
          }
          await database.tables.build();
        }
        const found = await database.tables.list({ tenant, limit: 100 });
        expect(Object.fromEntries(found.map(({ id, dueAtMs }) => [id, dueAtMs]))).toEqual(
          Object.fromEntries(moved.map((log) => [log.state.id, dueOf(log)])),
        );
        const due = moved
          .map((log) => ({ id: log.state.id, at: dueOf(log) ?? Infinity }))
          .filter(({ at }) => at <= Date.parse(hour(5)))
          .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
        expect(new Set(due.map(({ at }) => at)).size).toBe(4);
        const seen: string[] = [];
        for (let after: ListQuery['after']; ;) {
          const dueByMs = Date.parse(hour(5));
          const page = await database.tables.list({ tenant, dueByMs, limit: 3, after });
          seen.push(...page.map(({ id }) => id));
          after = page.at(-1);
          if (!after) break;
        }
        expect(seen).toEqual(due.map(({ id }) => id));
      }
    });

    it('take a wait that no schema knows for none', async () => {
      const { ref, rows } = logWith([woken(1), slept(WAITS[0]!)]);
      const odd = [
        { at: 'yesterday', timeout: 7, deadline: '2026-99-99T00:00:00.000Z', conditions: [5, {}] },
        { at: { at: hour(1) }, conditions: 'none' },
        'never',
      ];
      for (const [index, wake] of odd.entries()) {
        const one = { tenant: 'odd', id: newRef().id };
        const changed = rows.map((row) => {
          const event = parseStoredEvent(row);
          return canonicalJson({
            ...event,
            tenant: one.tenant,
            continuation: one.id,
            ...(event.type === 'sleep' && { payload: { wake, step: 'begin' } }),
            ...(event.type === 'spawn' && { payload: { goal: { tags: ['kept', index, null] } } }),
          });
        });
        await database.tables.append(one, 1, changed);
      }
      await database.tables.append({ ...ref }, 1, rows);
      await database.tables.build();
      const found = await database.tables.list({ tenant: 'odd', tag: 'kept', limit: 10 });
      expect(found.map(({ status, dueAtMs }) => ({ status, dueAtMs }))).toEqual(
        odd.map(() => ({ status: 'sleeping', dueAtMs: null })),
      );
      expect(await database.tables.list({ tenant: 'odd', dueByMs: 9e12, limit: 10 })).toEqual([]);
      expect(await database.tables.list({ tenant: SLEEPER, limit: 10 })).toHaveLength(1);
    });

    it('find what has a tag, and nothing by a part of one', async () => {
      expect(await ids({ tag: 'seed-2' })).toEqual(
        idsOf(({ state }) => state.goal.tags?.includes('seed-2') === true),
      );
      expect(await ids({ tag: 'random', status: 'sleeping' })).toEqual(
        await ids({ status: 'sleeping' }),
      );
      expect(await ids({ tag: 'seed' })).toEqual([]);
    });
  });
}
