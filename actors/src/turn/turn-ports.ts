import type {
  BlobStore,
  Clock,
  ContinuationStore,
  EventLog,
  Observability,
  RecipeRegistry,
  Scheduler,
  StreamBus,
  TenantDirectory,
} from '@maestro/core';
import type { TurnLog } from '../observability/turn-log.ts';
import type { TurnTracer } from '../observability/turn-tracer.ts';
import type { Reply } from './command.ts';
import type { CrashHook } from './crash-points.ts';

/** What turns work with. */
export interface TurnPorts {
  readonly store: ContinuationStore;
  readonly events: EventLog;
  readonly blobs: BlobStore;
  readonly scheduler: Scheduler;
  readonly bus: StreamBus;
  readonly recipes: RecipeRegistry;
  readonly tenants: Pick<TenantDirectory, 'document' | 'freeze' | 'deletion'>;
  readonly clock: Clock;
  /** Whether the signal `skip` is taken. @default false */
  readonly virtualClock?: boolean;
  readonly observability: Observability;
  /** Left out: no spans are exported. */
  readonly tracer?: TurnTracer | undefined;
  readonly crash: CrashHook;
  readonly log: TurnLog;
}

/** Who called: a reminder, whose unanswered callback covers its turn, or anybody else, who has to arm one first. */
export type TurnSource =
  | { readonly kind: 'call' }
  | { readonly kind: 'reminder'; readonly name: string };

/** A turn that may be answered: it is committed, or had nothing to commit. Effects and settling go on until `settled`. */
export interface TurnResult {
  readonly reply: Reply;
  /** Whether a freeze keeps back what was to be done. */
  readonly held: boolean;
  readonly settled: Promise<void>;
}
