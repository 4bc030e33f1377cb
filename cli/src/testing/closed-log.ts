import {
  canonicalJson,
  GENESIS_HASH,
  newBudget,
  rootLineage,
  sealEvent,
  sha256Hex,
  type EventDraft,
  type StoredEvent,
} from '@maestro/core';

/** A value that the log of {@link waitingLog} refers to, and its hash. */
export const LARGE = { text: 'a long artifact' } as const;
export const LARGE_SHA256: string = sha256Hex(canonicalJson(LARGE));

/** Whose log it is. */
export interface SampleOwner {
  readonly tenant: string;
  readonly id: string;
}

/** Ids of continuations. */
export const IDS = [
  '01J0000000000000000000000A',
  '01J0000000000000000000000B',
  '01J0000000000000000000000C',
] as const;

/**
 * The log of a continuation that publishes a large value, is paused and resumed, and in the end is sealed or not.
 *
 * @param pauses two events each.
 */
export function waitingLog(
  owner: SampleOwner,
  { sealed = true, pauses = 1 }: { readonly sealed?: boolean; readonly pauses?: number } = {},
): readonly StoredEvent[] {
  const controls = Array.from({ length: pauses }, (_, index) => [
    control('pause', `p${index}`),
    control('resume', `r${index}`),
  ]).flat();
  const drafts = [...beginning(owner.id), ...controls, ...(sealed ? [control('seal', 's')] : [])];
  return sealAll(owner, drafts);
}

/** Adds events to a log. */
export function sealAll(
  { tenant, id }: SampleOwner,
  drafts: readonly EventDraft[],
): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  for (const [index, draft] of drafts.entries()) {
    const { event } = sealEvent(draft, {
      tenant,
      continuation: id,
      generation: 1 + Math.floor(index / 4),
      sequence: index + 1,
      previous: events.at(-1)?.hash ?? GENESIS_HASH,
      at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
      commit: `host.${index}`,
      done: index,
      trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', cause: 'because' },
      salt: `salt-${index}`,
    });
    events.push(event);
  }
  return events;
}

function control(signal: string, requestId: string): EventDraft {
  return {
    type: 'human_signal',
    payload: { signal, requestId, by: { subject: 'alice', name: 'Alice A.' }, note: 'lunch' },
  };
}

function beginning(id: string): readonly EventDraft[] {
  const value = { $blob: { sha256: LARGE_SHA256, bytes: 70_000 } };
  return [
    {
      type: 'spawn',
      payload: {
        goal: { objective: 'try it', recipe: 'wait@1', sensitivity: 'internal', parameters: {} },
        budget: newBudget(5_000_000),
        lineage: rootLineage(id),
        requestedBy: { subject: 'alice' },
        requestHash: 'a'.repeat(64),
        firstStep: 'ask',
        recipeState: {},
      },
    },
    {
      type: 'wake',
      payload: {
        cause: { kind: 'spawn', causeId: `spawn:${id}` },
        waitId: null,
        tick: 1,
        lateMs: 0,
        pending: [],
      },
    },
    {
      type: 'publish',
      payload: { final: false, artifact: { kind: 'note', value }, next: 'ask' },
    },
    { type: 'sleep', payload: { wake: { kind: 'human', signal: 'go' }, step: 'answer' } },
  ];
}
