import type { CommandSender, ConnectedTenants, ReadinessCheck, RowEraser } from '@maestro/actors';
import type {
  AuditLog,
  BlobStore,
  Clock,
  ContinuationStore,
  EventLog,
  Identity,
  Observability,
  RecipeRegistry,
  StreamBus,
  TenantDirectory,
  Tracing,
} from '@maestro/core';
import type { Logger } from 'pino';
import type { ReadModel } from './read-model/read-model.ts';

/**
 * Reads rows of different continuations by their keys, in the order of the keys.
 *
 * @returns undefined where the store cannot do that by one request.
 */
export type ReadRows = (
  keys: readonly string[],
) => Promise<readonly (string | undefined)[] | undefined>;

/** What the API is made of. */
export interface ApiOptions {
  readonly identity: Identity;
  /** Heads and logs are read from here; the API itself writes nothing there but what an import restores. */
  readonly store: ContinuationStore & EventLog;
  /** Left out, or where it cannot: rows are read one by one, several at a time. */
  readonly readRows?: ReadRows;
  /** Values that events only refer to. */
  readonly blobs: BlobStore;
  /** Every change goes through the continuation itself. */
  readonly continuations: Pick<CommandSender, 'send'>;
  /** Streams are fed by these. */
  readonly topics: Pick<CommandSender, 'tellTopic'>;
  readonly recipes: RecipeRegistry;
  readonly tenants: TenantDirectory;
  /** Tries a state component that a tenant is to have for itself. */
  readonly checkStore: ConnectedTenants['checkStore'];
  readonly audit: AuditLog;
  /** Erases what a tenant that was deleted has left. */
  readonly eraser: Pick<RowEraser, 'erase'>;
  /** Whether tenants have to be created before they may call. @default false */
  readonly registeredOnly?: boolean;
  /** Name of the region that this deployment is in: where it is not among those of a tenant, the tenant is not served. */
  readonly region?: string | undefined;
  /** The tenant whose admins may do what concerns all tenants. Left out: nobody may. */
  readonly adminTenant?: string | undefined;
  /** Left out: there are no lists, and the status page has no figures. */
  readonly readModel?: ReadModel | undefined;
  /** Origins whose pages may call it from a browser; `*` for any. Left out: none. */
  readonly corsOrigins?: readonly string[];
  /** Whether the status page is served, to whoever asks. @default true */
  readonly statusPage?: boolean;
  readonly ready: () => Promise<readonly ReadinessCheck[]>;
  /** Carries committed events in the same process: live streams then need not wait for their next poll. */
  readonly bus?: StreamBus;
  /** Whether no event is committed that the bus does not bring to this process: tenants can then be followed. @default false */
  readonly busIsWhole?: boolean;
  readonly clock?: Clock;
  /** Where the spans of requests that change things go. Left out: no spans. */
  readonly tracing?: Tracing;
  /** Counts and measures requests. Left out: nobody does. */
  readonly observability?: Observability;
  readonly log?: Logger;
  /** Text for Prometheus. Left out: there is no `/metrics`. */
  readonly metrics?: () => Promise<string>;
  /** Aborted when the server shuts down: live streams close. */
  readonly stopping?: AbortSignal;
}

/** The options with everything filled in that routes need. */
export type ApiParts = ApiOptions & Required<Pick<ApiOptions, 'clock' | 'log' | 'stopping'>>;
