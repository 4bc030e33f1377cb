import type { EventDraft, RecipeRegistry } from '@maestro/core';
import type { Reply } from './command.ts';

/** Everything that a decision may know besides state and command. */
export interface DecideContext {
  readonly id: string;
  readonly nowMs: number;
  readonly recipes: RecipeRegistry;
  /** Whether the running step's lease has ended: its time is over and it does not run on this host. */
  readonly leaseEnded: boolean;
  /** True while the host shuts down: it starts no detached step. */
  readonly draining: boolean;
}

/** What a turn writes and answers. */
export interface Decision {
  readonly events: readonly EventDraft[];
  /** Values that the events only refer to, as canonical JSON by SHA-256: to be stored before the events. */
  readonly blobs?: ReadonlyMap<string, string>;
  readonly reply: Reply;
}
