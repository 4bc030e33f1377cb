import {
  GENESIS_HASH,
  newBudget,
  rootLineage,
  rootSpanIdOf,
  sealEvent,
  spanIdOf,
  type EventDraft,
  type StoredEvent,
} from '@maestro/core';
import { expect, it } from 'vitest';
import { Output } from '../output.ts';
import { SAMPLE } from '../testing/sample-log.ts';
import { drawTrace, traceRows } from './draw-trace.ts';
import { TraceOfLog, type LogTrace } from './trace-of-log.ts';

const plain = new Output({ json: false, colours: false, write: () => undefined });
const traceId = 'a'.repeat(32);
const beganMs = Date.UTC(2026, 0, 1);

const spawn: EventDraft = {
  type: 'spawn',
  payload: {
    goal: { objective: 'try it', recipe: 'rounds@1', sensitivity: 'internal', parameters: {} },
    budget: newBudget(5_000_000),
    lineage: rootLineage(SAMPLE.id),
    requestedBy: { subject: 'alice' },
    requestHash: 'a'.repeat(64),
    firstStep: 'work',
    recipeState: {},
  },
};

function wake(tick: number, kind: 'spawn' | 'timer', lateMs = 0): EventDraft {
  const cause =
    kind === 'spawn'
      ? { kind, causeId: 'spawn:x' }
      : { kind, causeId: 'timer:x', at: new Date(beganMs + 3_600_000).toISOString() };
  return {
    type: 'wake',
    payload: { cause, waitId: tick === 1 ? null : 7, tick, lateMs, pending: [] },
  };
}

function intended(attempt: number): EventDraft {
  return {
    type: 'step',
    payload: { phase: 'intended', step: 'work', stepId: 'work#1', attempt, leaseMs: 30_000 },
  };
}

function thrown(final: boolean): EventDraft {
  return {
    type: 'error',
    payload: { code: 'step.failed', message: 'no luck', final, stepId: 'work#1', attempt: 1 },
  };
}

const finished: EventDraft = {
  type: 'step',
  payload: {
    phase: 'finished',
    step: 'work',
    stepId: 'work#1',
    attempt: 2,
    outcome: { kind: 'next', step: 'rest' },
  },
};
const asleep: EventDraft = {
  type: 'sleep',
  payload: {
    wake: { kind: 'timer', at: new Date(beganMs + 3_600_000).toISOString() },
    step: 'end',
  },
};
const completed: EventDraft = {
  type: 'publish',
  payload: { final: true, artifact: { kind: 'result', value: 'done' } },
};

/** Commits: when after the start in ms, by which generation, what, caused by what. */
const COMMITS: readonly (readonly [number, number, readonly EventDraft[], string?])[] = [
  [0, 1, [spawn, wake(1, 'spawn'), intended(1)], `00-${traceId}-${'b'.repeat(16)}-01`],
  [30_000, 2, [intended(2)]],
  [31_520, 2, [finished, asleep]],
  [3_600_007, 2, [wake(2, 'timer', 7), completed], `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`],
];

function logOf(commits: typeof COMMITS): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  for (const [index, [afterMs, generation, drafts, cause]] of commits.entries()) {
    for (const draft of drafts) {
      const { event } = sealEvent(draft, {
        tenant: SAMPLE.tenant,
        continuation: SAMPLE.id,
        generation,
        done: 0,
        salt: 'salt',
        sequence: events.length + 1,
        previous: events.at(-1)?.hash ?? GENESIS_HASH,
        at: new Date(beganMs + afterMs).toISOString(),
        commit: `host.${index}`,
        trace: { traceId, cause },
      });
      events.push(event);
    }
  }
  return events;
}

function traceOf(events: readonly StoredEvent[]): LogTrace {
  const built = new TraceOfLog();
  for (const event of events) built.add(event);
  const trace = built.result();
  if (!trace) throw new Error('no trace');
  return trace;
}

it('draws ticks and sleeps, with turns and attempts, times, and who went on', () => {
  const lines = drawTrace(plain, traceOf(logOf(COMMITS)), beganMs);
  expect(lines).toEqual([
    `${SAMPLE.id}  rounds@1  completed  2 ticks, 1 h, 2 generations`,
    `trace ${traceId}`,
    '├─ tick 1 by spawn                       2026-01-01 00:00:00.000     31.5 s',
    '│  ├─ turn spawn                                           +0 ms',
    '│  ├─ work#1                                               +0 ms     30.0 s  no result',
    '│  ├─ turn step                                          +30.0 s             taken over: generation 2',
    '│  ├─ work#1 attempt 2                                   +30.0 s     1.52 s  next',
    '│  └─ turn step                                          +31.5 s',
    '├─ asleep until 2026-01-01T01:00:00.000Z 2026-01-01 00:00:31.520     59 min',
    '└─ tick 2 by timer                       2026-01-01 01:00:00.007             7 ms late',
    `   └─ turn wake                                            +0 ms             caused by trace ${'c'.repeat(32)}`,
    '      └─ publish completed with "done"                     +0 ms',
  ]);
});

it('an attempt that throws ends with the error, and so does a continuation', () => {
  const lines = drawTrace(
    plain,
    traceOf(
      logOf([
        [0, 1, [spawn, wake(1, 'spawn'), intended(1)]],
        [200, 1, [thrown(false)]],
        [1200, 1, [intended(2)]],
        [1300, 1, [thrown(true)]],
      ]),
    ),
    beganMs,
  );
  expect(lines[0]).toBe(`${SAMPLE.id}  rounds@1  failed  1 tick, 1.30 s, 1 generation`);
  expect(lines.filter((line) => line.includes('work#1'))).toEqual([
    expect.stringMatching(/work#1 +\+0 ms +200 ms {2}step\.failed$/),
    expect.stringMatching(/work#1 attempt 2 +\+1\.20 s +100 ms {2}step\.failed$/),
  ]);
});

it('draws the last ticks only, and says how many it leaves out', () => {
  const lines = drawTrace(plain, traceOf(logOf(COMMITS)), beganMs, 1);
  expect(lines.slice(2).map((line) => line.trim().slice(0, 22).trim())).toEqual([
    '… 1 tick before these',
    '└─ tick 2 by timer',
    '└─ turn wake',
    '└─ publish completed w',
  ]);
});

it('what still goes on is as long as it has lasted so far', () => {
  const sleeping = traceOf(logOf(COMMITS.slice(0, 3)));
  const [head, , , , , , , , last] = drawTrace(plain, sleeping, beganMs + 91_520);
  expect(head).toBe(`${SAMPLE.id}  rounds@1  1 tick, 2 min…, 2 generations`);
  expect(last).toMatch(/asleep until .* 1 min…$/);
});

it('gives programs every line with the ids of the exported spans', () => {
  const events = logOf(COMMITS);
  const rows = traceRows(traceOf(events));
  expect(rows[0]).toMatchObject({
    kind: 'continuation',
    depth: 0,
    traceId,
    spanId: rootSpanIdOf(traceId, SAMPLE.tenant, SAMPLE.id),
  });
  expect(rows).toContainEqual(
    expect.objectContaining({
      kind: 'turn',
      depth: 2,
      spanId: spanIdOf('host.0'),
      links: [`00-${traceId}-${'b'.repeat(16)}-01`],
    }),
  );
  for (const row of rows) expect(row).not.toHaveProperty('children');
});

it('an erased payload leaves a turn that can be drawn', () => {
  const [first, second, ...rest] = logOf(COMMITS);
  if (!first || !second) throw new Error('no events');
  const erased = [{ ...first, payload: null, salt: null }, second, ...rest];
  const lines = drawTrace(plain, traceOf(erased), beganMs);
  expect(lines[0]).toBe(`${SAMPLE.id}  completed  2 ticks, 1 h, 2 generations`);
  expect(lines.join('\n')).toContain('spawn (erased)');
});

it('a log without events has no trace', () => {
  expect(new TraceOfLog().result()).toBeUndefined();
});
