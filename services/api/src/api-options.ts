import type { CommandSender, ReadinessCheck } from '@maestro/actors';
import type {
  BlobStore,
  Clock,
  ContinuationStore,
  EventLog,
  Identity,
  RecipeRegistry,
  StreamBus,
} from '@maestro/core';
import type { Logger } from 'pino';

/** What the API is made of. */
export interface ApiOptions {
  readonly identity: Identity;
  /** Heads and logs are read from here; the API itself writes nothing but what an import restores. */
  readonly store: ContinuationStore & EventLog;
  /** Values that events only refer to. */
  readonly blobs: BlobStore;
  /** Every change goes through the continuation itself. */
  readonly continuations: Pick<CommandSender, 'send'>;
  readonly recipes: RecipeRegistry;
  readonly ready: () => Promise<readonly ReadinessCheck[]>;
  /** Carries committed events in the same process: live streams then need not wait for their next poll. */
  readonly bus?: StreamBus;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Text for Prometheus. Left out: there is no `/metrics`. */
  readonly metrics?: () => Promise<string>;
  /** Aborted when the server shuts down: live streams close. */
  readonly stopping?: AbortSignal;
}

/** The options with everything filled in that routes need. */
export type ApiParts = ApiOptions & Required<Pick<ApiOptions, 'clock' | 'log' | 'stopping'>>;
