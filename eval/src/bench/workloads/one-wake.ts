import type { StoredEvent } from '@maestro/core';

/** Why a continuation went on. */
export interface WakeSeen {
  readonly kind: string;
  /** The item of a stream; empty for other causes. */
  readonly itemId: string;
  /** When the turn that woke it began, in ms since the epoch. */
  readonly atMs: number;
  /** How long after what woke it had been stored or due, in ms. */
  readonly lateMs: number;
}

/** Every wake of a log but the one at birth. */
export function wakesOf(log: readonly StoredEvent[]): readonly WakeSeen[] {
  return log.flatMap((event): WakeSeen[] => {
    if (event.type !== 'wake') return [];
    const { cause, lateMs } = event.payload as {
      cause: { kind: string; itemId?: string };
      lateMs: number;
    };
    if (cause.kind === 'spawn') return [];
    const { kind, itemId = '' } = cause;
    return [{ kind, itemId, atMs: Date.parse(event.at), lateMs }];
  });
}

/** The one wake of a log. @throws Error when it woke never, twice, or for another cause. */
export function oneWake(log: readonly StoredEvent[], kind: string): WakeSeen {
  const wakes = wakesOf(log);
  const [wake] = wakes;
  if (!wake || wakes.length > 1 || wake.kind !== kind) {
    const seen = wakes.map((each) => each.kind).join(', ');
    throw new Error(`${log[0]?.continuation}: one wake by ${kind} was due, not (${seen})`);
  }
  return wake;
}
