import { loadState } from '@maestro/actors';
import {
  ContinuationState,
  FOLD_VERSION,
  headKey,
  logKey,
  MaestroError,
  parseStoredEvent,
  STATE_SCHEMA_VERSION,
  upcast,
  type ContinuationRef,
  type ContinuationStore,
  type EventLog,
} from '@maestro/core';
import { z } from 'zod';
import type { ApiOptions, ReadRows } from '../api-options.ts';
import { notFound } from '../view/read-state.ts';
import { inParallel } from './in-parallel.ts';

/** Reads that are under way at a time for one request. */
const READS_AT_A_TIME = 32;

/** What a family tree needs of a head. The rest is neither checked nor kept. */
const { shape } = ContinuationState;
const Member = z.object({
  schemaVersion: shape.schemaVersion,
  foldVersion: shape.foldVersion,
  id: shape.id,
  status: shape.status,
  goal: shape.goal.pick({ recipe: true, objective: true }),
  budget: shape.budget,
  lineage: shape.lineage,
  createdAt: shape.createdAt,
  updatedAt: shape.updatedAt,
  offspring: shape.offspring,
});
export type Member = z.infer<typeof Member>;

/** A child as its parent's log names it. */
export interface ChildEdge {
  readonly id: string;
  readonly parent: Member;
  /** Ids of all whose child it is. */
  readonly parents: readonly string[];
  readonly kind: 'fork' | 'merge';
  /** The event that made it. */
  readonly event: number;
  /** Which of the event's children it is. */
  readonly index: number;
  /** The event that it is a copy as of, or begins at. */
  readonly sequence: number;
}

/**
 * Reads the continuations of a family from the state store: no actor is woken. Each head is read once, so for one request
 * they are what they were then.
 */
export class Family {
  readonly #store: ContinuationStore & EventLog;
  readonly #readRows: ReadRows | undefined;
  readonly #tenant: string;
  /** Who has been read; undefined for who is not there, the reason for whose head is not a state. */
  readonly #members = new Map<string, Member | MaestroError | undefined>();
  #reads = 0;

  constructor({ store, readRows }: Pick<ApiOptions, 'store' | 'readRows'>, tenant: string) {
    this.#store = store;
    this.#readRows = readRows;
    this.#tenant = tenant;
  }

  /** Rows that were read so far. */
  get reads(): number {
    return this.#reads;
  }

  /** One that has to be there. @throws MaestroError `continuation.not_found` or `log.corrupt`. */
  async require(id: string): Promise<Member> {
    await this.find([id]);
    const member = this.#members.get(id);
    if (!member) throw notFound(this.#ref(id));
    if (member instanceof MaestroError) throw member;
    return member;
  }

  /** Several, in the order of the ids; undefined for each that is not there, or whose head is not a state. */
  async find(ids: readonly string[]): Promise<(Member | undefined)[]> {
    const unread = [...new Set(ids)].filter((id) => !this.#members.has(id));
    const rows = await this.#read(
      unread,
      (id) => headKey(this.#ref(id)),
      (id) => this.#store.readHead(this.#ref(id)),
    );
    for (const [index, id] of unread.entries()) {
      this.#members.set(id, await this.#memberOf(id, rows[index]));
    }
    return ids.map((id) => {
      const member = this.#members.get(id);
      return member instanceof MaestroError ? undefined : member;
    });
  }

  /** The children of several, in the order of the parents and of the events that made them. */
  async childrenOf(parents: readonly Member[]): Promise<ChildEdge[]> {
    const events = parents.flatMap((parent) =>
      (parent.offspring?.sequences ?? []).map((event) => ({ parent, event })),
    );
    const rows = await this.#read(
      events,
      ({ parent, event }) => logKey(this.#ref(parent.id), event),
      ({ parent, event }) => this.#store.readEntry(this.#ref(parent.id), event),
    );
    return events.flatMap(({ parent, event }, index) => madeBy(parent, event, rows[index]));
  }

  #ref(id: string): ContinuationRef {
    return { tenant: this.#tenant, id };
  }

  async #read<T>(
    items: readonly T[],
    keyOf: (item: T) => string,
    readOne: (item: T) => Promise<string | undefined>,
  ): Promise<readonly (string | undefined)[]> {
    this.#reads += items.length;
    const together = items.length > 1 ? await this.#readRows?.(items.map(keyOf)) : undefined;
    return together ?? inParallel(items, READS_AT_A_TIME, readOne);
  }

  async #memberOf(id: string, row: string | undefined): Promise<Member | MaestroError | undefined> {
    if (row === undefined) return undefined;
    const value = parsedOrNull(row);
    const parsed = Member.safeParse(value);
    if (parsed.success) return parsed.data;
    if (!isOfAnotherRelease(value)) {
      return new MaestroError('log.corrupt', `the head of ${id} is not a state`, {
        cause: parsed.error,
      });
    }
    try {
      return (await loadState(this.#ref(id), this.#store, this.#store)) ?? undefined;
    } catch (thrown) {
      const error = MaestroError.from(thrown);
      if (error.retryable) throw error;
      return error;
    }
  }
}

/** Whether another release has folded a head: its log is folded again. */
function isOfAnotherRelease(value: Versions | null): boolean {
  if (typeof value?.schemaVersion !== 'number' || typeof value.foldVersion !== 'number') {
    return false;
  }
  return value.schemaVersion !== STATE_SCHEMA_VERSION || value.foldVersion !== FOLD_VERSION;
}

/** The children that an event made. */
function madeBy(parent: Member, sequence: number, row: string | undefined): ChildEdge[] {
  if (row === undefined) {
    throw new MaestroError('log.corrupt', `${parent.id} lacks event ${sequence}, a fork or merge`);
  }
  const event = upcast(parseStoredEvent(row));
  const edge = { parent, event: sequence };
  if (event.type === 'fork') {
    const { children, from = sequence } = event.payload;
    const kind = { kind: 'fork', parents: [parent.id], sequence: from } as const;
    return children.map(({ id, index }) => ({ ...edge, ...kind, id, index }));
  }
  if (event.type !== 'merge') return [];
  const { child, parents } = event.payload;
  return [{ ...edge, kind: 'merge', parents, sequence, id: child, index: 0 }];
}

interface Versions {
  readonly schemaVersion?: unknown;
  readonly foldVersion?: unknown;
}

function parsedOrNull(row: string): Versions | null {
  try {
    const value: unknown = JSON.parse(row);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
