import type { ListQuery, WarehouseTables } from '@maestro/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logOf, randomLog, spawn } from './random-log.ts';
import { newRef, type SampleLog } from './sample-log.ts';

const TENANT = 'lister';

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
  });
}
