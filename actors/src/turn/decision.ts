import type {
  ContinuationRef,
  EventDraft,
  RecipeRegistry,
  TenantAllowance,
  TenantLimits,
  TextRedactor,
} from '@maestro/core';
import type { Reply } from './command.ts';
import type { Preloaded } from './preload.ts';

/** Everything that a decision may know besides state and command. */
export interface DecideContext extends Preloaded {
  /** The continuation that is asked, also before there is one. */
  readonly ref: ContinuationRef;
  readonly nowMs: number;
  readonly recipes: RecipeRegistry;
  /** What the tenant allows. @throws MaestroError `tenant.invalid` when that cannot be told. */
  readonly limits: () => TenantLimits;
  /** What the tenant may start. @throws MaestroError `tenant.invalid` when that cannot be told. */
  readonly allowance: () => TenantAllowance;
  /** Takes personal data out of free text, before anything is made of it. */
  readonly texts: TextRedactor;
  /** Whether the running step's lease has ended: its time is over and it does not run on this host. */
  readonly leaseEnded: boolean;
  /** Whether time may be skipped: never in production. */
  readonly virtualClock?: boolean;
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
