import type { StoredEvent, StreamItemInput } from '@maestro/core';
import { followEvents } from './follow-events.ts';
import { followTenant, type FollowTenantOptions } from './follow-tenant.ts';
import type {
  CommonAncestor,
  ContinuationList,
  ContinuationView,
  EventsPage,
  Explanation,
  FinishImportAnswer,
  FinishImportInput,
  ForkAnswer,
  ForkRequestInput,
  ImportAnswer,
  ImportRequest,
  ItemsAnswer,
  ListFilter,
  MergeRequestInput,
  LineageNode,
  LineagePage,
  Relation,
  ReplayAnswer,
  SignalAnswer,
  SkipAnswer,
  TenantAnswer,
  TenantRequestInput,
  AuditPage,
  FreezeAnswer,
  FreezeRequestInput,
  ThawRequestInput,
  StartAnswer,
  StartRequestInput,
  WakeAnswer,
} from './protocol/index.ts';
import { Tenants } from './tenants.ts';
import { Transport, type CallOptions, type Tagged, type TransportOptions } from './transport.ts';

/** Options of calls that change something. */
export interface ChangeOptions extends CallOptions {
  /** Names the request, so that it is done once. A fresh one unless given. */
  readonly idempotencyKey?: string;
}

/** Options of a signal. */
export interface SignalOptions extends ChangeOptions {
  /** Why; personal data, kept out of the log. */
  readonly note?: string;
}

/**
 * A client of the Maestro API. Every call may be retried on its own: what changes something carries an idempotency
 * key. Refusals are MaestroErrors with the server's code.
 */
export class MaestroClient {
  readonly #transport: Transport;
  /** For admins of an installation. */
  readonly tenants: Tenants;

  constructor(options: TransportOptions) {
    this.#transport = new Transport(options);
    this.tenants = new Tenants(this.#transport);
  }

  /** Starts a continuation; returns once its first event is stored. */
  start(request: StartRequestInput, options: ChangeOptions = {}): Promise<StartAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: '/continuations',
      body: request,
      headers: { 'idempotency-key': options.idempotencyKey ?? crypto.randomUUID() },
      signal: options.signal,
    });
  }

  /** How a continuation stands, and its last ten events. */
  get(id: string, options: CallOptions = {}): Promise<ContinuationView> {
    return this.#transport.json({ method: 'GET', path: pathOf(id), signal: options.signal });
  }

  /**
   * The same, unless it is what the caller has already.
   *
   * @param etag what came with it the last time; undefined the first time.
   * @returns undefined as long as nothing has changed.
   */
  getIfChanged(
    id: string,
    etag: string | undefined,
    { signal }: CallOptions = {},
  ): Promise<Tagged<ContinuationView> | undefined> {
    return this.#transport.tagged({ method: 'GET', path: pathOf(id), signal }, etag);
  }

  /** One page of the log, from a sequence on, exactly as stored. */
  events(
    id: string,
    options: CallOptions & {
      /** @default 1 */
      readonly from?: number;
      /** 1-1000. @default 100 */
      readonly limit?: number;
      /** Adds the text of the head row. */
      readonly includeHead?: boolean;
      /** Waits so many seconds, 0-30, for an event: until there is one, or the continuation has finished. @default 0 */
      readonly waitSeconds?: number;
    } = {},
  ): Promise<EventsPage> {
    const { waitSeconds = 0 } = options;
    return this.#transport.json({
      method: 'GET',
      path: `${pathOf(id)}/events`,
      query: {
        from: options.from,
        limit: options.limit,
        include: options.includeHead ? 'head' : undefined,
        wait: waitSeconds === 0 ? undefined : waitSeconds,
      },
      waitMs: waitSeconds * 1000,
      signal: options.signal,
    });
  }

  /** The log up to where it is now, page by page. */
  async *allEvents(
    id: string,
    options: CallOptions & { readonly from?: number } = {},
  ): AsyncGenerator<StoredEvent, void> {
    let from: number | null = options.from ?? 1;
    while (from !== null) {
      const page: EventsPage = await this.events(id, { ...options, from, limit: 500 });
      yield* page.events;
      from = page.next;
    }
  }

  /** The log and whatever is added to it, until the continuation has finished. Survives lost connections. */
  follow(
    id: string,
    options: CallOptions & { readonly from?: number } = {},
  ): AsyncGenerator<StoredEvent, void> {
    return followEvents(this.#transport, `${pathOf(id)}/events/stream`, options);
  }

  /**
   * The events of all continuations of the tenant from now on, each continuation's in order; ends only with the signal. Survives lost
   * connections, and says by `onGap` when events got lost with one. An event may come again after a host was lost. Only
   * where one process does everything; elsewhere refused with `tenant.not_streamed`.
   */
  followTenant(options: FollowTenantOptions = {}): AsyncGenerator<StoredEvent, void> {
    return followTenant(this.#transport, options);
  }

  /** Gives a signal that the continuation waits for, or a control signal. */
  signal(
    id: string,
    signal: string,
    options: SignalOptions & { readonly payload?: unknown } = {},
  ): Promise<SignalAnswer> {
    const { note, payload } = options;
    return this.#transport.json({
      method: 'POST',
      path: `${pathOf(id)}/signals`,
      body: {
        signal,
        ...(note === undefined ? {} : { note }),
        ...(payload === undefined ? {} : { payload }),
      },
      headers: { 'idempotency-key': options.idempotencyKey ?? crypto.randomUUID() },
      signal: options.signal,
    });
  }

  /** Ends it, aborting whatever runs. */
  kill(id: string, options?: SignalOptions): Promise<SignalAnswer> {
    return this.signal(id, 'kill', options);
  }

  /** Lets the step that runs come to its end and starts no other until it is resumed. */
  pause(id: string, options?: SignalOptions): Promise<SignalAnswer> {
    return this.signal(id, 'pause', options);
  }

  /** Goes on after a pause. */
  resume(id: string, options?: SignalOptions): Promise<SignalAnswer> {
    return this.signal(id, 'resume', options);
  }

  /**
   * Makes children: copies of what it is now, or was as of an earlier event, each with what the request changes.
   * Returns once the fork's event is stored; the children begin a moment later.
   */
  fork(
    id: string,
    request: ForkRequestInput = {},
    options: ChangeOptions = {},
  ): Promise<ForkAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: `${pathOf(id)}/forks`,
      body: request,
      headers: { 'idempotency-key': options.idempotencyKey ?? crypto.randomUUID() },
      signal: options.signal,
    });
  }

  /** One page of a continuation's family: its ancestors, descendants, siblings, or the whole tree from its root. */
  lineage(
    id: string,
    relation: Relation,
    options: CallOptions & {
      /** Generations at most. @default all */
      readonly depth?: number;
      /** 1-1000. @default 100 */
      readonly limit?: number;
      /** `next` of the page before. */
      readonly cursor?: string;
    } = {},
  ): Promise<LineagePage> {
    const { depth, limit, cursor, signal } = options;
    return this.#transport.json({
      method: 'GET',
      path: `${pathOf(id)}/lineage`,
      query: { relation, depth, limit, cursor },
      signal,
    });
  }

  /** All of a continuation's family, page by page; parents before their children. */
  async *wholeLineage(
    id: string,
    relation: Relation,
    options: CallOptions & { readonly depth?: number } = {},
  ): AsyncGenerator<LineageNode, void> {
    let page = await this.lineage(id, relation, { ...options, limit: 1000 });
    for (;;) {
      yield* page.nodes;
      if (page.next === null) return;
      page = await this.lineage(id, relation, { ...options, limit: 1000, cursor: page.next });
    }
  }

  /** The nearest continuation that two come from. */
  commonAncestor(id: string, other: string, options: CallOptions = {}): Promise<CommonAncestor> {
    return this.#transport.json({
      method: 'GET',
      path: `${pathOf(id)}/common-ancestor`,
      query: { with: other },
      signal: options.signal,
    });
  }

  /** Merges continuations into a new one, which waits for them. */
  merge(request: MergeRequestInput, options: ChangeOptions = {}): Promise<StartAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: '/merges',
      body: request,
      headers: { 'idempotency-key': options.idempotencyKey ?? crypto.randomUUID() },
      signal: options.signal,
    });
  }

  /** Feeds a stream; returns once the items are stored. An item that comes again, by its id, wakes nobody. */
  publish(
    stream: string,
    items: readonly StreamItemInput[],
    options: CallOptions = {},
  ): Promise<ItemsAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: `/streams/${encodeURIComponent(stream)}/items`,
      body: { items },
      signal: options.signal,
    });
  }

  /** Puts its own clock forward, from due time to due time; in development alone. May come less far than asked. */
  skip(id: string, ms: number, { signal }: CallOptions = {}): Promise<SkipAnswer> {
    const path = `${pathOf(id)}/skip`;
    return this.#transport.json({ method: 'POST', path, body: { ms }, signal });
  }

  /** A page of the tenant's continuations, the newest first; a little behind what happens, as `asOf` says. */
  list(
    options: CallOptions &
      ListFilter & {
        readonly limit?: number | undefined;
        readonly cursor?: string | undefined;
      } = {},
  ): Promise<ContinuationList> {
    const { signal, ...query } = options;
    return this.#transport.json({ method: 'GET', path: '/continuations', query, signal });
  }

  /** Folds what the warehouse holds of a continuation, and compares it with its head byte by byte. */
  replay(id: string, options: CallOptions = {}): Promise<ReplayAnswer> {
    const path = `${pathOf(id)}/replay`;
    return this.#transport.json({ method: 'GET', path, signal: options.signal });
  }

  /** What the tenant is allowed. */
  tenant(options: CallOptions = {}): Promise<TenantAnswer> {
    return this.#transport.json({ method: 'GET', path: '/tenant', signal: options.signal });
  }

  /** What holds the tenant up; nothing, usually. */
  freezeStatus(options: CallOptions = {}): Promise<FreezeAnswer> {
    return this.#transport.json({ method: 'GET', path: '/freeze', signal: options.signal });
  }

  /** Who did what: records of the tenant's audit log as they are stored; for operators. */
  audit(
    options: CallOptions & {
      readonly tenant?: string;
      readonly from?: number;
      readonly limit?: number;
    } = {},
  ): Promise<AuditPage> {
    const { signal, ...query } = options;
    return this.#transport.json({ method: 'GET', path: '/audit', query, signal });
  }

  /** Stops everything of the tenant, or of all; for operators, or admins. Reads go on. */
  freeze(request: FreezeRequestInput, options: CallOptions = {}): Promise<FreezeAnswer> {
    const { signal } = options;
    return this.#transport.json({ method: 'POST', path: '/freeze', body: request, signal });
  }

  /** Ends a freeze; everything that was due goes on. */
  thaw(request: ThawRequestInput = {}, options: CallOptions = {}): Promise<FreezeAnswer> {
    const { signal } = options;
    return this.#transport.json({ method: 'POST', path: '/thaw', body: request, signal });
  }

  /** Says what the tenant is allowed, in place of what was said before; for operators. */
  setTenant(request: TenantRequestInput, options: CallOptions = {}): Promise<TenantAnswer> {
    return this.#transport.json({
      method: 'PUT',
      path: '/tenant',
      body: request,
      signal: options.signal,
    });
  }

  /** What it waits for, since when, and what would move it on. */
  explain(id: string, { signal }: CallOptions = {}): Promise<Explanation> {
    return this.#transport.json({ method: 'GET', path: `${pathOf(id)}/explain`, signal });
  }

  /** A value that was too large for an event: what `{"$blob": {"sha256"}}` stands for. */
  blob(sha256: string, { signal }: CallOptions = {}): Promise<unknown> {
    const path = `/blobs/${encodeURIComponent(sha256)}`;
    return this.#transport.json({ method: 'GET', path, signal });
  }

  /** Stores a value that an imported log refers to, under the SHA-256 of its canonical JSON; needs the role `operator`. */
  async putBlob(sha256: string, value: unknown, options: CallOptions = {}): Promise<void> {
    await this.#transport.json({
      method: 'PUT',
      path: `/blobs/${encodeURIComponent(sha256)}`,
      body: value,
      signal: options.signal,
    });
  }

  /** Lets it look whether anything is due and arms its reminder anew; needs the role `operator`. */
  wake(id: string, { signal }: CallOptions = {}): Promise<WakeAnswer> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(id)}/wake`, signal });
  }

  /**
   * Stores rows of a log that another store holds; needs the role `operator`. Until the import is finished they are
   * nothing to anybody.
   */
  importRows(id: string, body: ImportRequest, options: CallOptions = {}): Promise<ImportAnswer> {
    const { signal } = options;
    return this.#transport.json({ method: 'POST', path: `${pathOf(id)}/import`, body, signal });
  }

  /** Brings a continuation into being whose rows have all been imported; needs the role `operator`. It stays sealed. */
  finishImport(
    id: string,
    end: FinishImportInput,
    options: CallOptions = {},
  ): Promise<FinishImportAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: `${pathOf(id)}/import/finish`,
      body: end,
      signal: options.signal,
    });
  }
}

function pathOf(id: string): string {
  return `/continuations/${encodeURIComponent(id)}`;
}
