import type { ContinuationEvent, ContinuationRef, ContinuationState } from '@maestro/core';
import { randomBytes } from 'node:crypto';
import { Mutex } from './mutex.ts';
import type { OutgoingCall } from './outbox.ts';

/** What an activation remembers of its continuation between turns; dropped whenever it may be stale. */
export interface Memory {
  state: ContinuationState | null;
  /** Whether this activation wrote the last event: its commits go on with the same generation. */
  owned: boolean;
  /** Up to which sequence the effects are done: everything is published, and every call was answered. */
  done: number;
  /** Up to which sequence everything is published. */
  published: number;
  /** What events up to `published` say to others, in order, and was not answered yet. */
  readonly calls: OutgoingCall[];
  /** Rounds of calls that ended with some unanswered, since the last that did not. */
  failedRounds: number;
  /** Events beyond `done` that this activation committed itself. */
  undone: { readonly event: ContinuationEvent; readonly row: string }[];
  /** The reminder that this activation armed last and has not seen fire. */
  armed: { readonly name: string; readonly atMs: number } | null;
  /** An extension of the running step's lease by heartbeats, which only live in memory. */
  lease: { readonly stepId: string; readonly attempt: number; readonly untilMs: number } | null;
  /** When the tick that is under way began, in ms since the epoch; null without one, or where it began elsewhere. */
  tickBeganMs: number | null;
}

/** One continuation on one host: one turn at a time, and a random identity that names its commits. */
export class Activation {
  readonly ref: ContinuationRef;
  readonly actorId: string;
  readonly mutex = new Mutex();
  memory: Memory | null = null;
  /** When it was last asked for anything, in ms since the epoch. */
  usedAtMs = 0;
  /** Until when a commit of its own, whose outcome is unknown, may still be stored; in ms since the epoch. */
  lateUntilMs = 0;
  /** Random: names this activation's commits and reminders, so that no two hosts share one. */
  readonly identity = randomBytes(9).toString('base64url');
  #commits = 0;

  constructor(ref: ContinuationRef, actorId: string) {
    this.ref = ref;
    this.actorId = actorId;
  }

  /** An id that no other commit of any host has. */
  nextCommitId(): string {
    return `${this.identity}.${++this.#commits}`;
  }

  /** Forgets everything: the next turn reads the store. */
  drop(): void {
    this.memory = null;
  }
}
