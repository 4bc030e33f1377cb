import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContinuationState } from '../continuation/continuation-state.ts';
import type { ContinuationRef } from '../continuation/identifiers.ts';
import { parseStoredEvent } from '../event/parse-stored-event.ts';
import { LogVerifier } from '../log/log-verifier.ts';
import type { ContinuationStore, LogCommit } from '../ports/continuation-store.ts';
import type { EventLog } from '../ports/event-log.ts';
import { sampleCommit } from './sample-commit.ts';

/** One thing that a host does with a log; `at` chooses among what there is. */
interface Move {
  readonly kind: 'commit' | 'repeat' | 'stale' | 'read';
  readonly host: number;
  readonly events: number;
  readonly at: number;
}

const moves: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom('commit', 'commit', 'repeat', 'stale', 'read'),
  host: fc.nat(1),
  events: fc.integer({ min: 1, max: 5 }),
  at: fc.nat(1_000),
});

/** What the log should hold. */
class Model {
  readonly rows: string[] = [];
  readonly commits: LogCommit[] = [];
  readonly states: (ContinuationState | null)[] = [null];

  get state(): ContinuationState | null {
    return this.states.at(-1) ?? null;
  }

  add(commit: LogCommit, state: ContinuationState): void {
    this.rows.push(...commit.entries);
    this.commits.push(commit);
    this.states.push(state);
  }
}

/** Properties of the event log, held by two hosts against a model: the cases of a store under random orders of moves. */
export function logContract(
  name: string,
  open: () => Promise<readonly (ContinuationStore & EventLog)[]>,
  freshRef: () => ContinuationRef,
  runs: number,
): void {
  describe(`event log properties: ${name}`, () => {
    it('is append-only, gapless and the same on every host, whatever is committed, repeated or stale', async () => {
      const [a, b = a] = await open();
      if (!a || !b) throw new TypeError('the suite needs at least one host');
      const property = fc.asyncProperty(fc.array(moves, { maxLength: 25 }), async (script) => {
        const ref = freshRef();
        const model = new Model();
        for (const [index, move] of script.entries()) {
          await play(move, `m.${index}`, move.host === 0 ? a : b, ref, model);
        }
        for (const host of [a, b]) await check(host, ref, model);
      });
      await fc.assert(property, { numRuns: runs });
    }, 300_000);
  });
}

async function play(
  { kind, events, at }: Move,
  commitId: string,
  host: ContinuationStore & EventLog,
  ref: ContinuationRef,
  model: Model,
): Promise<void> {
  if (kind === 'commit') {
    const { commit, state } = sampleCommit(ref, model.state, { commitId, events });
    expect(await host.commit(commit)).toBe('committed');
    model.add(commit, state);
  } else if (kind === 'repeat' && model.commits.length > 0) {
    const index = at % model.commits.length;
    const commit = model.commits[index];
    const last = index === model.commits.length - 1;
    expect(commit && (await host.commit(commit))).toBe(last ? 'committed' : 'superseded');
  } else if (kind === 'stale' && model.states.length > 1) {
    const before = model.states[at % (model.states.length - 1)] ?? null;
    const { commit } = sampleCommit(ref, before, { commitId, events });
    expect(await host.commit(commit)).toBe('conflict');
  } else if (kind === 'read') {
    const from = 1 + (at % (model.rows.length + 2));
    expect(await host.readRange(ref, from, events)).toEqual(
      model.rows.slice(from - 1, from - 1 + events),
    );
  }
}

async function check(
  host: ContinuationStore & EventLog,
  ref: ContinuationRef,
  { rows, commits }: Model,
): Promise<void> {
  const stored = await host.readRange(ref, 1, rows.length + 10);
  expect(stored).toEqual(rows);
  expect(await host.readHead(ref)).toBe(commits.at(-1)?.head);
  const verifier = new LogVerifier(ref);
  for (const row of stored) expect(verifier.add(parseStoredEvent(row))).toBeUndefined();
  if (rows.length > 0) expect(verifier.head).toBe(commits.at(-1)?.head);
}
