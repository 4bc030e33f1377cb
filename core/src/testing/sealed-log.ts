import { newBudget } from '../budget/budget.ts';
import type { ContinuationRef } from '../continuation/identifiers.ts';
import type { EventDraft } from '../event/event-payloads.ts';
import { GENESIS_HASH } from '../event/hash-chain.ts';
import { sealEvent, type SealedEvent } from '../event/seal.ts';
import { rootLineage } from '../lineage/lineage.ts';

/** The continuation of tests of the log. */
export const sampleRef: ContinuationRef = { tenant: 'acme', id: '01J00000000000000000000000' };

/** How an event is sealed when it matters. */
export interface SealOptions {
  readonly generation?: number;
  readonly cause?: string;
  readonly at?: string;
}

/** Seals drafts one after the other, as the turns of one continuation do; each may have options of its own. */
export function sealLog(
  drafts: readonly (EventDraft | readonly [EventDraft, SealOptions])[],
  ref: ContinuationRef = sampleRef,
): SealedEvent[] {
  const sealed: SealedEvent[] = [];
  for (const [index, item] of drafts.entries()) {
    const [draft, options] = isPair(item) ? item : [item, {}];
    sealed.push(
      sealEvent(draft, {
        tenant: ref.tenant,
        continuation: ref.id,
        generation: options.generation ?? 1,
        sequence: index + 1,
        previous: sealed.at(-1)?.event.hash ?? GENESIS_HASH,
        at: options.at ?? '2026-01-01T00:00:00.000Z',
        commit: `host.${index + 1}`,
        done: index,
        trace: { traceId: 'a'.repeat(32), cause: options.cause },
        salt: `salt-${index}`,
      }),
    );
  }
  return sealed;
}

function isPair(
  item: EventDraft | readonly [EventDraft, SealOptions],
): item is readonly [EventDraft, SealOptions] {
  return Array.isArray(item);
}

/** The first event of a continuation. */
export function spawnDraft(more: Partial<Draft<'spawn'>['payload']> = {}): EventDraft {
  return {
    type: 'spawn',
    payload: {
      goal: { objective: 'try', recipe: 'sample@1', sensitivity: 'internal', parameters: {} },
      budget: newBudget(1_000_000),
      lineage: rootLineage(sampleRef.id),
      requestedBy: { subject: 'alice' },
      requestHash: '0'.repeat(64),
      firstStep: 'begin',
      recipeState: null,
      ...more,
    },
  };
}

/** The beginning of a tick. */
export function wakeDraft(tick: number, waitId: number | null = null): EventDraft {
  return {
    type: 'wake',
    payload: {
      cause: { kind: 'timer', causeId: `timer:${tick}`, at: '2026-01-01T00:00:00.000Z' },
      waitId,
      tick,
      lateMs: 0,
      pending: [],
    },
  };
}

/** A sleep of which only the clock knows the end. */
export function sleepDraft(at = '2026-01-02T00:00:00.000Z'): EventDraft {
  return { type: 'sleep', payload: { wake: { kind: 'timer', at }, step: 'begin' } };
}

/** A person's signal. */
export function signalDraft(
  signal: string,
  more: Partial<Draft<'human_signal'>['payload']> = {},
): EventDraft {
  return {
    type: 'human_signal',
    payload: { signal, requestId: `r-${signal}`, by: { subject: 'alice' }, ...more },
  };
}

type Draft<T extends EventDraft['type']> = Extract<EventDraft, { type: T }>;
