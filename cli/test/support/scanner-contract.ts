import { tombstone, type KeyScanner, type ScannedHead, type StoreScanner } from '@maestro/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A scanner over a table that Dapr would have made. */
export interface ScannerUnderTest {
  /** Replaces all rows; values are stored as Dapr stores them, as JSON. */
  write(rows: readonly (readonly [key: string, value: unknown])[]): Promise<void>;
  open(): Promise<StoreScanner & KeyScanner>;
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

    it('gives the keys of one tenant that are left to erase, and passes over heads that were', async () => {
      const erased = tombstone('2026-01-01T00:00:00.000Z');
      const many = Array.from({ length: 1203 }, (_, index) => `acme:A:log:${1000 + index}`);
      await store.write([
        ['acme:A:head', '{}'],
        ['acme:B:head', erased],
        ['acme:B:log:000000000001', erased],
        ['acme:topic.stream.0.cGFwZXJz:state', '{"version":1}'],
        ['acme:tenant:document', '{}'],
        ['acme:tenant:freeze', '{}'],
        ['acme:audit:000000000001', '{}'],
        ['acme-2:C:head', '{}'],
        ['globex:D:head', '{}'],
        ...many.map((key) => [key, '{}'] as const),
      ]);
      const scanner = await store.open();
      const keys: string[] = [];
      for await (const page of scanner.keys('acme')) keys.push(...page);
      await scanner.close();
      expect(keys.sort()).toEqual(
        ['acme:A:head', 'acme:topic.stream.0.cGFwZXJz:state', ...many].sort(),
      );
      expect((await scan()).map(({ ref }) => `${ref.tenant} ${ref.id}`).sort()).toEqual([
        'acme A',
        'acme-2 C',
        'globex D',
      ]);
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
