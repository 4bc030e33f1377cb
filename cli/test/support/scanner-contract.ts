import type { ScannedHead, StoreScanner } from '@maestro/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A scanner over a table that Dapr would have made. */
export interface ScannerUnderTest {
  /** Replaces all rows; values are stored as Dapr stores them, as JSON. */
  write(rows: readonly (readonly [key: string, value: unknown])[]): Promise<void>;
  open(): Promise<StoreScanner>;
  close(): Promise<void>;
}

/** What every scanner of a store has to do. */
export function scannerContract(name: string, make: () => Promise<ScannerUnderTest>): void {
  describe(`the scanner of ${name}`, () => {
    let store: ScannerUnderTest;
    beforeAll(async () => {
      store = await make();
    });
    afterAll(() => store?.close());

    const scan = async (tenant?: string): Promise<ScannedHead[]> => {
      const scanner = await store.open();
      const heads: ScannedHead[] = [];
      for await (const head of scanner.heads(tenant === undefined ? {} : { tenant })) {
        heads.push(head);
      }
      await scanner.close();
      return heads;
    };

    it('finds the heads, as they were written, and nothing else', async () => {
      const head = '{"objective":"a \\"quoted\\" <b>héad</b>","status":"sleeping"}';
      await store.write([
        ['acme:A:head', head],
        ['acme:A:log:000000000001', '{}'],
        ['acme:A:snap:000000000100', '{}'],
        ['globex:B:head', '{"status":"running"}'],
        ['something:else:of:head', '{}'],
        ['acme:C:head', { not: 'ours' }],
      ]);
      expect((await scan()).sort((a, b) => (a.ref.id < b.ref.id ? -1 : 1))).toEqual([
        { ref: { tenant: 'acme', id: 'A' }, head },
        { ref: { tenant: 'globex', id: 'B' }, head: '{"status":"running"}' },
      ]);
    });

    it("finds one tenant's alone, also beside one whose name begins like it", async () => {
      await store.write([
        ['acme:A:head', '{}'],
        ['acme-2:B:head', '{}'],
        ['acme2:C:head', '{}'],
        ['a:D:head', '{}'],
      ]);
      expect((await scan('acme')).map(({ ref }) => ref.id)).toEqual(['A']);
      expect(await scan('nobody')).toEqual([]);
    });

    it('walks over many pages, each head once, in the order of the keys', async () => {
      const ids = Array.from({ length: 1603 }, (_, index) => String(index).padStart(5, '0'));
      await store.write(ids.map((id) => [`acme:${id}:head`, '{}'] as const));
      expect((await scan()).map(({ ref }) => ref.id)).toEqual(ids);
    });

    it('stops when it is told to', async () => {
      const abort = new AbortController();
      const scanner = await store.open();
      const heads = scanner.heads({ signal: abort.signal })[Symbol.asyncIterator]();
      await heads.next();
      abort.abort(new Error('enough'));
      const rest = async (): Promise<void> => {
        while (!(await heads.next()).done);
      };
      await expect(rest()).rejects.toThrow('enough');
      await scanner.close();
    });
  });
}
