import { describe, expect, it } from 'vitest';
import type { ContinuationState } from '../continuation/continuation-state.ts';
import type { ContinuationRef } from '../continuation/identifiers.ts';
import { deriveContinuationId } from '../continuation/identifiers.ts';
import { parseStoredEvent } from '../event/parse-stored-event.ts';
import { LogVerifier } from '../log/log-verifier.ts';
import type { ContinuationStore } from '../ports/continuation-store.ts';
import type { EventLog } from '../ports/event-log.ts';
import { logContract } from './log-contract.ts';
import { sampleCommit } from './sample-commit.ts';

/** What the suite runs against. */
export interface StoreUnderTest {
  /** Two handles on the same rows, as two hosts have. */
  readonly hosts: readonly (ContinuationStore & EventLog)[];
  /** Rounds of the concurrent-writer case. @default 100 */
  readonly fencingRounds?: number;
}

/** Random scripts that the log's properties are tried with. */
const PROPERTY_RUNS = 25;

let made = 0;

/** A continuation that no other case uses. */
function freshRef(): ContinuationRef {
  return { tenant: 'contract', id: deriveContinuationId('contract', `${Date.now()}-${made++}`) };
}

/** The conformance suite of `ContinuationStore` and `EventLog`: every adapter runs the same cases. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  const two = async () => {
    const { hosts, fencingRounds = 100 } = await open();
    const [a, b = a] = hosts;
    if (!a || !b) throw new TypeError('the suite needs at least one host');
    return { a, b, hosts, fencingRounds };
  };

  describe(`store contract: ${name}`, () => {
    it('has neither head nor entries of a continuation that does not exist', async () => {
      const { a } = await two();
      const ref = freshRef();
      expect(await a.readHead(ref)).toBeUndefined();
      expect(await a.readEntry(ref, 1)).toBeUndefined();
      expect(await a.readSnapshot(ref, 100)).toBeUndefined();
      expect(await a.readRange(ref, 1, 10)).toEqual([]);
    });

    it('returns what was committed byte for byte, on every host', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const first = sampleCommit(ref, null, { commitId: 'a.1', events: 3 });
      expect(await a.commit(first.commit)).toBe('committed');
      for (const host of [a, b]) {
        expect(await host.readHead(ref)).toBe(first.commit.head);
        expect(await host.readRange(ref, 1, 10)).toEqual(first.commit.entries);
        expect(await host.readEntry(ref, 2)).toBe(first.commit.entries[1]);
      }
    });

    it('keeps snapshots beside the log', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const { commit } = sampleCommit(ref, null, { commitId: 'a.1' });
      await a.commit({ ...commit, snapshots: [{ sequence: 100, state: '{"sample":true}' }] });
      expect(await b.readSnapshot(ref, 100)).toBe('{"sample":true}');
    });

    it('reads ranges up to the end, from anywhere, no more than asked for', async () => {
      const { a } = await two();
      const ref = freshRef();
      const { commit } = sampleCommit(ref, null, { commitId: 'a.1', events: 12 });
      await a.commit(commit);
      expect(await a.readRange(ref, 5, 3)).toEqual(commit.entries.slice(4, 7));
      expect(await a.readRange(ref, 11, 100)).toEqual(commit.entries.slice(10));
      expect(await a.readRange(ref, 13, 5)).toEqual([]);
    });

    it('keeps text that is hard on encoders, and numbers beyond 2^53, as they are', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const { commit } = sampleCommit(ref, null, { commitId: 'a.1' });
      const head =
        '{"big":12345678901234567890,"text":"\\u0000 \\u2028 <&> \\"quoted\\" \\\\ é 漢 😀"}';
      await a.commit({ ...commit, head });
      expect(await b.readHead(ref)).toBe(head);
    });

    it('takes a repeated commit as committed', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const first = sampleCommit(ref, null, { commitId: 'a.1', events: 2 });
      expect(await a.commit(first.commit)).toBe('committed');
      expect(await b.commit(first.commit)).toBe('committed');
    });

    it('says superseded when the same commit is repeated after somebody has gone on', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const first = sampleCommit(ref, null, { commitId: 'a.1', events: 2 });
      await a.commit(first.commit);
      const second = sampleCommit(ref, first.state, { commitId: 'b.1', generation: 2 });
      expect(await b.commit(second.commit)).toBe('committed');
      expect(await a.commit(first.commit)).toBe('superseded');
      expect(await a.readHead(ref)).toBe(second.commit.head);
    });

    it('refuses a stale host as a whole: neither its entries nor its head get in', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const first = sampleCommit(ref, null, { commitId: 'a.1' });
      await a.commit(first.commit);
      const winner = sampleCommit(ref, first.state, { commitId: 'b.1', events: 1, generation: 2 });
      const zombie = sampleCommit(ref, first.state, { commitId: 'a.2', events: 4 });
      expect(await b.commit(winner.commit)).toBe('committed');
      expect(await a.commit(zombie.commit)).toBe('conflict');
      expect(await a.readHead(ref)).toBe(winner.commit.head);
      expect(await a.readRange(ref, 1, 10)).toEqual([
        ...first.commit.entries,
        ...winner.commit.entries,
      ]);
    });

    it('lets commits of different continuations not disturb each other', async () => {
      const { a, b } = await two();
      const refs = Array.from({ length: 50 }, freshRef);
      const taken = refs[7];
      if (taken) await b.commit(sampleCommit(taken, null, { commitId: 'b.1' }).commit);
      const results = await Promise.all(
        refs.map((ref) => a.commit(sampleCommit(ref, null, { commitId: 'a.1', events: 2 }).commit)),
      );
      expect(results.filter((result) => result === 'conflict')).toHaveLength(1);
      expect(results[7]).toBe('conflict');
    });

    it('restores rows as they are: without a head nothing exists, with it everything does', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const { commit, state } = sampleCommit(ref, null, { commitId: 'other.1', events: 5 });
      const { entries, head } = commit;
      const parts = [
        { ref, from: 1, entries: entries.slice(0, 2) },
        { ref, from: 3, entries: entries.slice(2) },
      ];
      for (const part of parts) expect(await a.restore(part)).toBe('restored');
      expect(await b.readHead(ref)).toBeUndefined();
      expect(await b.readRange(ref, 1, 10)).toEqual(entries);
      expect(await b.commit(sampleCommit(ref, null, { commitId: 'b.1' }).commit)).toBe('conflict');
      expect(await b.restore({ ref, from: 6, entries: [], head })).toBe('restored');
      expect(await a.readHead(ref)).toBe(head);
      const next = sampleCommit(ref, state, { commitId: 'a.1', generation: 2 });
      expect(await a.commit(next.commit)).toBe('committed');
      expect(await a.readEntry(ref, 6)).toBe(next.commit.entries[0]);
    });

    it('restores what is missing, and nothing at all where something else is', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const { entries, head } = sampleCommit(ref, null, { commitId: 'x.1', events: 4 }).commit;
      const other = sampleCommit(ref, null, { commitId: 'y.1', events: 5 }).commit;
      await a.restore({ ref, from: 1, entries: entries.slice(0, 2) });
      expect(await b.restore({ ref, from: 1, entries })).toBe('restored');
      expect(await a.restore({ ref, from: 1, entries })).toBe('present');
      expect(await a.restore({ ref, from: 1, entries: other.entries })).toBe('conflict');
      expect(await b.readRange(ref, 1, 10)).toEqual(entries);
      await a.restore({ ref, from: 5, entries: [], head });
      expect(await b.restore({ ref, from: 5, entries: [], head })).toBe('present');
      expect(await b.restore({ ref, from: 5, entries: [], head: other.head })).toBe('conflict');
      expect(await a.readHead(ref)).toBe(head);
    });

    it('lets several restore the same at the same time', async () => {
      const { a, b } = await two();
      const ref = freshRef();
      const { entries } = sampleCommit(ref, null, { commitId: 'x.1', events: 10 }).commit;
      const results = await Promise.all(
        [a, b, a, b, a, b].map((host) => host.restore({ ref, from: 1, entries })),
      );
      expect(results).not.toContain('conflict');
      expect(await a.readRange(ref, 1, 20)).toEqual(entries);
    });

    it('has exactly one winner for every sequence, whoever writes at the same time', async () => {
      const { hosts, fencingRounds } = await two();
      const ref = freshRef();
      let state: ContinuationState | null = null;
      for (let round = 0; round < fencingRounds; round++) {
        const tries: { readonly state: ContinuationState; readonly result: string }[] =
          await Promise.all(
            Array.from({ length: 16 }, async (_, writer) => {
              const host = hosts[writer % hosts.length];
              const sample = sampleCommit(ref, state, {
                commitId: `w${writer}.${round}`,
                events: 1 + (writer % 3),
              });
              return { state: sample.state, result: (await host?.commit(sample.commit)) ?? 'none' };
            }),
          );
        const winners = tries.filter(({ result }) => result === 'committed');
        expect(winners).toHaveLength(1);
        expect(tries.filter(({ result }) => result === 'conflict')).toHaveLength(15);
        state = winners[0]?.state ?? null;
      }
      const [host] = hosts;
      if (!host || !state) throw new TypeError('nothing was committed');
      const verifier = new LogVerifier(ref);
      for (;;) {
        const rows = await host.readRange(ref, verifier.position.sequence + 1, 500);
        for (const row of rows) expect(verifier.add(parseStoredEvent(row))).toBeUndefined();
        if (rows.length < 500) break;
      }
      expect(verifier.position.sequence).toBe(state.sequence);
      expect(await host.readHead(ref)).toBe(verifier.head);
    }, 600_000);
  });

  logContract(name, async () => (await open()).hosts, freshRef, PROPERTY_RUNS);
}
