import {
  LogVerifier,
  parseStoredEvent,
  upcast,
  type ContinuationEvent,
  type ContinuationRef,
  type ContinuationState,
} from '@maestro/core';
import { expect } from 'vitest';
import type { FencedStore } from '../store/fenced-store.ts';
import type { Command, CommandOf } from '../turn/command.ts';

/** The continuation that most tests are about. */
export const ref: ContinuationRef = { tenant: 'acme', id: '01J00000000000000000000000' };

/** A request to start a recipe. */
export function spawnOf(
  recipe: string,
  parameters: Record<string, unknown> = {},
  requestHash = 'a'.repeat(64),
): CommandOf<'spawn'> {
  return {
    kind: 'spawn',
    goal: {
      objective: 'try it',
      recipe,
      sensitivity: 'internal',
      parameters,
    } as CommandOf<'spawn'>['goal'],
    requestedBy: { subject: 'alice' },
    requestHash,
  };
}

/** A signal of a person; its request id is its name unless given. */
export function signalOf(
  signal: string,
  more: { readonly requestId?: string; readonly payload?: unknown } = {},
): Command {
  return {
    kind: 'signal',
    signal,
    requestId: more.requestId ?? signal,
    by: { subject: 'alice' },
    ...('payload' in more ? { payload: more.payload as string } : {}),
  };
}

/** A continuation as its store holds it: the log verifies, and the head is what it folds to, byte for byte. */
export async function readVerified(
  store: FencedStore,
  of: ContinuationRef = ref,
): Promise<{ readonly events: readonly ContinuationEvent[]; readonly state: ContinuationState }> {
  const verifier = new LogVerifier(of);
  const events: ContinuationEvent[] = [];
  for (;;) {
    const rows = await store.readRange(of, events.length + 1, 1000);
    for (const row of rows) {
      const stored = parseStoredEvent(row);
      expect(verifier.add(stored)).toBeUndefined();
      events.push(upcast(stored));
    }
    if (rows.length < 1000) break;
  }
  expect(await store.readHead(of)).toBe(verifier.head);
  const causes = events.flatMap((event) =>
    event.type === 'wake' ? [event.payload.cause.causeId] : [],
  );
  expect(new Set(causes).size).toBe(causes.length);
  const { state } = verifier;
  if (!state) throw new TypeError('there is no such continuation');
  return { events, state };
}

/** The types of the events of a log, in order. */
export async function typesIn(store: FencedStore): Promise<readonly string[]> {
  return (await readVerified(store)).events.map(({ type }) => type);
}
