import {
  canonicalJson,
  fold,
  GENESIS_HASH,
  newBudget,
  rootLineage,
  sealEvent,
  type ContinuationRef,
  type ContinuationState,
  type EventDraft,
} from '@maestro/core';
import { newRef, type SampleLog } from './sample-log.ts';

/** Numbers from 0 up to 1 that follow from a seed alone (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of some. */
export function pick<T>(random: () => number, from: readonly T[]): T {
  const picked = from[Math.floor(random() * from.length)];
  if (picked === undefined) throw new TypeError('there is nothing to pick from');
  return picked;
}

/** Seals drafts with a real chain; each event comes `everyMs` after the one before. */
export function logOf(
  drafts: readonly EventDraft[],
  options: {
    readonly ref?: ContinuationRef;
    readonly fromMs?: number;
    readonly everyMs?: number;
  } = {},
): SampleLog & { readonly head: string } {
  const { ref = newRef(), fromMs = Date.UTC(2026, 0, 1), everyMs = 1_000 } = options;
  let state: ContinuationState | null = null;
  const rows: string[] = [];
  for (const [index, draft] of drafts.entries()) {
    const sealed = sealEvent(draft, {
      tenant: ref.tenant,
      continuation: ref.id,
      generation: 1 + Math.floor(index / 7),
      sequence: index + 1,
      previous: state?.hash ?? GENESIS_HASH,
      at: new Date(fromMs + index * everyMs).toISOString(),
      commit: `host.${index}`,
      done: index,
      trace: { traceId: 'b'.repeat(32) },
      salt: `salt-${index}`,
    });
    rows.push(sealed.row);
    state = fold(state, sealed.event);
  }
  if (!state) throw new TypeError('a log has at least one event');
  return { ref, rows, state, head: canonicalJson(state) };
}

/** The first event of a continuation. */
export function spawn(
  ref: ContinuationRef,
  recipe = 'sample@1',
  objective = 'try',
  tags?: readonly string[],
) {
  return {
    type: 'spawn',
    payload: {
      goal: {
        objective,
        recipe,
        sensitivity: 'internal',
        parameters: {},
        ...(tags && { tags: [...tags] }),
      },
      budget: newBudget(1_000_000),
      lineage: rootLineage(ref.id),
      requestedBy: { subject: 'alice' },
      requestHash: '0'.repeat(64),
      firstStep: 'begin',
      recipeState: null,
    },
  } satisfies EventDraft;
}

/** A model's answer within a step. */
export function modelCall(stepId: string, attempt: number, model = 'm-1'): EventDraft {
  return {
    type: 'model_call',
    payload: {
      stepId,
      attempt,
      tier: 'haiku',
      provider: 'offline',
      model,
      runtime: 'maestro',
      inputTokens: 10,
      outputTokens: 5,
      latencyMs: 12.5,
      safetyOutcome: 'passed',
    },
  };
}

/** What a step cost. */
export function charge(stepId: string, attempt: number, microUsd: number): EventDraft {
  return {
    type: 'budget_charge',
    payload: {
      stepId,
      attempt,
      tier: 'haiku',
      microUsd,
      inputTokens: 10,
      outputTokens: 5,
      latencyMs: 12.5,
      runtime: 'maestro',
    },
  };
}

/** A life of many kinds of events that follows from a seed alone; some are never finished. */
export function randomLog(seed: number, tenant: string): SampleLog & { readonly head: string } {
  const random = seeded(seed);
  const ref = newRef(tenant);
  const recipe = pick(random, ['sample@1', 'sample@2', 'other@1']);
  const drafts: EventDraft[] = [spawn(ref, recipe, 'try', [`seed-${seed % 5}`, 'random'])];
  let tick = 0;
  let step = 0;
  const rounds = 1 + Math.floor(random() * 12);
  for (let round = 0; round < rounds; round++) {
    const stepId = `work#${++step}`;
    const kind = Math.floor(random() * 8);
    if (kind <= 2) drafts.push(...tickOf(++tick, stepId, Math.floor(random() * 90)));
    if (kind === 3) drafts.push(...detached(stepId, pick(random, ['m-1', 'm-2', 'm-3']), random));
    if (kind === 4) drafts.push(signal('pause', step));
    if (kind === 5) drafts.push(signal('resume', step));
    if (kind === 6) drafts.push(signal('seal', step), signal('unseal', step));
    if (kind === 7) drafts.push({ type: 'fork', payload: { children: childrenOf(step) } });
  }
  drafts.push(
    ...pick<readonly EventDraft[]>(random, [
      [],
      [{ type: 'publish', payload: { final: true, artifact: { kind: 'result', value: 1 } } }],
      [{ type: 'error', payload: { code: 'step.failed', message: 'no', final: true } }],
      [signal('kill', step), { type: 'kill', payload: { reason: 'requested' } }],
    ]),
  );
  const fromMs = Date.UTC(2026, Math.floor(random() * 12), 28, 23, 59, 55);
  return logOf(drafts, { ref, fromMs, everyMs: 777 });
}

function tickOf(tick: number, stepId: string, lateMs: number): EventDraft[] {
  const causeId = `timer:${tick}`;
  const at = '2026-01-01T00:00:00.000Z';
  const wake = { kind: 'timer', at: '2026-02-01T00:00:00.000Z' } as const;
  return [
    {
      type: 'wake',
      payload: { cause: { kind: 'timer', causeId, at }, waitId: null, tick, lateMs, pending: [] },
    },
    {
      type: 'step',
      payload: {
        phase: 'finished',
        stepId,
        step: 'work',
        attempt: 1,
        outcome: { kind: 'sleep', wake, step: 'work' },
      },
    },
    { type: 'sleep', payload: { wake, step: 'work' } },
  ];
}

function detached(stepId: string, model: string, random: () => number): EventDraft[] {
  const drafts: EventDraft[] = [];
  for (let attempt = 1; ; attempt++) {
    drafts.push(
      {
        type: 'step',
        payload: { phase: 'intended', stepId, step: 'work', attempt, leaseMs: 30_000 },
      },
      modelCall(stepId, attempt, model),
      charge(stepId, attempt, Math.floor(random() * 500)),
    );
    if (random() < 0.3) {
      const retryAt = '2026-01-01T00:00:00.000Z';
      drafts.push({
        type: 'error',
        payload: { code: 'step.failed', message: 'x', final: false, stepId, attempt, retryAt },
      });
      continue;
    }
    const outcome = { kind: 'next', step: 'work' } as const;
    drafts.push({
      type: 'step',
      payload: { phase: 'finished', stepId, step: 'work', attempt, outcome },
    });
    return drafts;
  }
}

function signal(name: string, count: number): EventDraft {
  return {
    type: 'human_signal',
    payload: { signal: name, requestId: `${name}-${count}`, by: { subject: 'alice' } },
  };
}

function childrenOf(step: number) {
  return Array.from({ length: 1 + (step % 3) }, (_, index) => ({
    id: newRef().id,
    index,
    budgetMicroUsd: 0,
  }));
}
