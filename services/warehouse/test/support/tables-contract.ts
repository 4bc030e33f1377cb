import type { WarehouseTables } from '@maestro/warehouse';
import { EventReader } from '@maestro/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRef, sampleLog } from './sample-log.ts';

/** A database that tables can be opened on, several times. */
export interface DatabaseUnderTest {
  /** The same tables for the same name. */
  open(name?: string): Promise<WarehouseTables>;
  close(): Promise<void>;
}

/** What tables in any database must do. */
export function tablesContract(name: string, start: () => Promise<DatabaseUnderTest>): void {
  describe(`tables in ${name}`, () => {
    let database: DatabaseUnderTest;
    let tables: WarehouseTables;

    beforeAll(async () => {
      database = await start();
      tables = await database.open();
    });

    afterAll(async () => {
      await tables.close();
      await database.close();
    });

    it('keeps rows byte for byte', async () => {
      const { ref, rows } = sampleLog(5);
      expect(await tables.position(ref)).toBe(0);
      await tables.append(ref, 1, rows.slice(0, 2));
      await tables.append(ref, 3, rows.slice(2));
      expect(await tables.position(ref)).toBe(5);
      expect(await tables.readRange(ref, 1, 100)).toEqual(rows);
      expect(await tables.readRange(ref, 2, 3)).toEqual(rows.slice(1, 4));
      expect(await tables.readRange(ref, 6, 3)).toEqual([]);
      expect(await tables.readRange(newRef(), 1, 3)).toEqual([]);
    });

    it('takes rows once, however often and with whatever overlap they come', async () => {
      const { ref, rows } = sampleLog(8);
      await tables.append(ref, 1, rows.slice(0, 3));
      await tables.append(ref, 1, rows.slice(0, 3));
      await tables.append(ref, 2, rows.slice(1, 6));
      await Promise.all([tables.append(ref, 1, rows), tables.append(ref, 4, rows.slice(3))]);
      expect(await tables.readRange(ref, 1, 100)).toEqual(rows);
    });

    it('takes many continuations at once', async () => {
      const logs = Array.from({ length: 60 }, () => sampleLog(4));
      await Promise.all(logs.map(({ ref, rows }) => tables.append(ref, 1, rows)));
      for (const { ref, rows } of logs) {
        expect(await tables.readRange(ref, 1, 100)).toEqual(rows);
      }
    });

    it('can be opened by several at once where there is nothing yet', async () => {
      const several = await Promise.all(Array.from({ length: 5 }, () => database.open('anew')));
      const logs = several.map((mine) => ({ mine, ...sampleLog(3) }));
      await Promise.all(logs.map(({ mine, ref, rows }) => mine.append(ref, 1, rows)));
      await Promise.all(several.map((mine) => mine.build()));
      expect(await several[0]!.build()).toEqual({ continuations: 0, events: 0 });
      expect(await several[0]!.ends()).toHaveLength(5);
      await Promise.all(several.map((mine) => mine.close()));
    });

    it('two writers double nothing', async () => {
      const other = await database.open();
      const logs = Array.from({ length: 20 }, () => sampleLog(12));
      await Promise.all(
        [tables, other].map(async (mine, index) => {
          const mixed = index === 0 ? logs : logs.toReversed();
          for (let from = 1; from <= 12; from += 3) {
            await Promise.all(
              mixed.map(({ ref, rows }) =>
                mine.append(ref, from, rows.slice(from - 1, from + 2 + index)),
              ),
            );
          }
        }),
      );
      for (const { ref, rows } of logs) {
        expect(await tables.position(ref)).toBe(12);
        expect(await other.readRange(ref, 1, 100)).toEqual(rows);
      }
      await other.close();
    });

    it('refuses rows that leave a hole, and takes what came with them', async () => {
      const [holed, whole] = [sampleLog(5), sampleLog(2)];
      const refused = tables.append(holed.ref, 3, holed.rows.slice(2));
      await Promise.all([
        expect(refused).rejects.toMatchObject({ code: 'request.invalid' }),
        tables.append(whole.ref, 1, whole.rows),
      ]);
      expect(await tables.position(holed.ref)).toBe(0);
      expect(await tables.position(whole.ref)).toBe(2);
    });

    it('refuses another event in the place of one that it has', async () => {
      const { ref, rows } = sampleLog(3);
      const forged = sampleLog(4, ref, 'another.1');
      await tables.append(ref, 1, rows);
      await expect(tables.append(ref, 1, forged.rows)).rejects.toMatchObject({
        code: 'log.corrupt',
      });
      expect(await tables.readRange(ref, 1, 100)).toEqual(rows);
    });

    it.each([
      ['no JSON', 'not json'],
      ['no event', '{}'],
      ['an event of another log', sampleLog(1).rows[0] ?? ''],
    ])('refuses %s', async (_what, row) => {
      await expect(tables.append(newRef(), 1, [row])).rejects.toMatchObject({
        code: 'log.corrupt',
      });
    });

    it('lists where logs end, in pages and by tenant', async () => {
      const mine = Array.from({ length: 5 }, (_, index) =>
        sampleLog(index + 1, newRef('lister-b')),
      ).sort((a, b) => (a.ref.id < b.ref.id ? -1 : 1));
      const others = sampleLog(1, newRef('lister-a'));
      for (const { ref, rows } of [others, ...mine]) await tables.append(ref, 1, rows);
      const ends = mine.map(({ ref, state: { sequence, hash } }) => ({ ref, sequence, hash }));
      expect(await tables.ends({ tenant: 'lister-b' })).toEqual(ends);
      const first = await tables.ends({ tenant: 'lister-b', limit: 3 });
      expect(first).toEqual(ends.slice(0, 3));
      const after = first.at(-1)!.ref;
      expect(await tables.ends({ tenant: 'lister-b', after })).toEqual(ends.slice(3));
      const all = await tables.ends();
      expect(all.map(({ ref }) => ref)).toEqual(
        expect.arrayContaining([others, ...mine].map(({ ref }) => ref)),
      );
    });

    it('keeps checkpoints', async () => {
      expect(await tables.load('stream')).toBeUndefined();
      await tables.save('stream', 'a');
      await tables.save('stream', 'b');
      expect(await tables.load('stream')).toBe('b');
    });

    it('is what a reader hands events to', async () => {
      const { ref, rows } = sampleLog(20);
      const log = {
        readRange: async (_ref: unknown, from: number, limit: number) =>
          rows.slice(from - 1, from - 1 + limit),
      };
      const reader = new EventReader(log, tables);
      const message = (from: number, to: number) => ({
        tenant: ref.tenant,
        continuation: ref.id,
        from,
        to,
        rows: rows.slice(from - 1, to),
      });
      await Promise.all([
        reader.take(message(4, 9)),
        reader.take(message(1, 3)),
        reader.readTo({ ref, sequence: 12 }),
        reader.take(message(4, 9)),
        reader.take(message(18, 20)),
      ]);
      expect(await tables.readRange(ref, 1, 100)).toEqual(rows);
      expect(reader.counts.appended).toBe(20);
    });

    it('knows after it was opened anew what it knew', async () => {
      const { ref, rows } = sampleLog(3);
      await tables.append(ref, 1, rows);
      await tables.save('again', 'here');
      await tables.close();
      tables = await database.open();
      expect(await tables.position(ref)).toBe(3);
      expect(await tables.load('again')).toBe('here');
      expect(await tables.readRange(ref, 1, 100)).toEqual(rows);
    });
  });
}
