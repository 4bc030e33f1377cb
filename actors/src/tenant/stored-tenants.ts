import {
  canonicalJson,
  defaultTenantDocument,
  FreezeRow,
  freezeRow,
  jsonOrUndefined,
  MaestroError,
  TenantDeletionRow,
  tenantDeletionKey,
  TenantDocument,
  tenantDocumentKey,
  tenantPartition,
  tenantStoreKey,
  TenantStoreRow,
  type ActiveFreeze,
  type Clock,
  type Freeze,
  type FreezeScope,
  type TenantDeletion,
  type TenantDirectory,
} from '@maestro/core';
import type { RowStore, RowWrite } from '../store/row-store.ts';

/** How old what is remembered may be, in ms. */
const FRESH_MS = 1_000;

/** Rows that are remembered at most. */
const MAX_REMEMBERED = 2_000;

/** How often a row is written before its outcome is called unknown. */
const TRIES = 4;

/** Where a row is. */
interface Place {
  readonly partition: string;
  readonly key: string;
}

interface Remembered {
  readonly sinceMs: number;
  readonly value: Promise<unknown>;
}

/** The documents of tenants, and freezes, in the state store: each row is read at most once a second. */
export class StoredTenants implements TenantDirectory {
  readonly #rows: RowStore;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();

  constructor(rows: RowStore, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
  }

  async document(tenant: string): Promise<TenantDocument> {
    return (await this.find(tenant)) ?? defaultTenantDocument(tenant);
  }

  find(tenant: string): Promise<TenantDocument | undefined> {
    return this.#fresh(documentPlace(tenant), (row) => readDocument(tenant, row));
  }

  async create(document: TenantDocument, stateComponent?: string): Promise<boolean> {
    const { tenant } = document;
    const { partition, key } = documentPlace(tenant);
    const store = { schemaVersion: 1, stateComponent };
    return this.#create(partition, [
      { key, value: canonicalJson(document), createOnly: true },
      ...(stateComponent === undefined
        ? []
        : [{ key: tenantStoreKey(tenant), value: canonicalJson(store), createOnly: true }]),
    ]);
  }

  stateComponent(tenant: string): Promise<string | undefined> {
    const place = { partition: tenantPartition(tenant), key: tenantStoreKey(tenant) };
    return this.#fresh(place, (row) => readStore(tenant, row));
  }

  deletion(tenant: string): Promise<TenantDeletion | undefined> {
    const place = { partition: tenantPartition(tenant), key: tenantDeletionKey(tenant) };
    return this.#fresh(place, readDeletion);
  }

  async delete(tenant: string, deletion: TenantDeletion): Promise<TenantDeletion> {
    const value = canonicalJson({ schemaVersion: 1, deletion });
    const row = { key: tenantDeletionKey(tenant), value, createOnly: true };
    await this.#create(tenantPartition(tenant), [row]);
    await this.put(defaultTenantDocument(tenant));
    this.refresh(tenant);
    return (await this.deletion(tenant)) ?? deletion;
  }

  refresh(tenant: string): void {
    for (const key of [
      tenantDocumentKey(tenant),
      tenantStoreKey(tenant),
      tenantDeletionKey(tenant),
      freezeRow({ tenant }).key,
    ]) {
      this.#remembered.delete(key);
    }
  }

  put(document: TenantDocument): Promise<void> {
    return this.#write(documentPlace(document.tenant), document);
  }

  async freeze(tenant: string): Promise<ActiveFreeze | undefined> {
    const [installation, own] = await Promise.all([
      this.#fresh(freezeRow('installation'), readFreeze),
      this.#fresh(freezeRow({ tenant }), readFreeze),
    ]);
    if (installation) return { ...installation, scope: 'installation' };
    return own ? { ...own, scope: 'tenant' } : undefined;
  }

  setFreeze(scope: FreezeScope, freeze: Freeze | null): Promise<void> {
    return this.#write(freezeRow(scope), { schemaVersion: 1, freeze });
  }

  /** Creates rows, all of them or none. @returns whether the first was not there. */
  async #create(partition: string, rows: readonly [RowWrite, ...RowWrite[]]): Promise<boolean> {
    const [{ key, value }] = rows;
    if ((await this.#rows.read(partition, key)) !== undefined) return false;
    try {
      await this.#rows.write(partition, rows);
      return true;
    } catch (error) {
      const there = await this.#rows.read(partition, key);
      if (there === undefined) throw outcomeUnknown({ partition, key }, error);
      // This one's own, whose answer was lost, or another's.
      return there === value;
    } finally {
      for (const row of rows) this.#remembered.delete(row.key);
    }
  }

  #fresh<T>({ partition, key }: Place, read: (row: string | undefined) => T): Promise<T> {
    const nowMs = this.#clock.nowMs();
    const found = this.#remembered.get(key);
    // Whatever is remembered under a key came from the same reader.
    if (found && Math.abs(nowMs - found.sinceMs) < FRESH_MS) return found.value as Promise<T>;
    const value = this.#rows.read(partition, key).then(read);
    this.#remember(key, { sinceMs: nowMs, value });
    return value;
  }

  #remember(key: string, entry: Remembered): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, entry);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= MAX_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
    // What failed is asked again at once.
    entry.value.catch(() => {
      if (this.#remembered.get(key) === entry) this.#remembered.delete(key);
    });
  }

  async #write({ partition, key }: Place, content: object): Promise<void> {
    const row = { key, value: canonicalJson(content), createOnly: false };
    for (let tries = 1; ; tries++) {
      try {
        await this.#rows.write(partition, [row]);
        this.#remembered.delete(key);
        return;
      } catch (error) {
        if (tries === TRIES) {
          throw outcomeUnknown({ partition, key }, error);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 50 * tries));
    }
  }
}

function outcomeUnknown({ key }: Place, cause: unknown): MaestroError {
  return new MaestroError(
    'commit.outcome_unknown',
    `the store did not say whether it stored ${key}; say it again`,
    { cause },
  );
}

function documentPlace(tenant: string): Place {
  return { partition: tenantPartition(tenant), key: tenantDocumentKey(tenant) };
}

function readDocument(tenant: string, row: string | undefined): TenantDocument | undefined {
  if (row === undefined) return undefined;
  const parsed = TenantDocument.safeParse(jsonOrUndefined(row));
  if (!parsed.success || parsed.data.tenant !== tenant) {
    throw new MaestroError(
      'tenant.invalid',
      `what is stored as the document of tenant ${tenant} is none: an operator has to put another`,
      { cause: parsed.error },
    );
  }
  return parsed.data;
}

function readStore(tenant: string, row: string | undefined): string | undefined {
  if (row === undefined) return undefined;
  const parsed = TenantStoreRow.safeParse(jsonOrUndefined(row));
  if (parsed.success) return parsed.data.stateComponent;
  throw new MaestroError(
    'tenant.invalid',
    `what is stored about where the rows of tenant ${tenant} are cannot be understood`,
    { cause: parsed.error },
  );
}

/** A deletion that cannot be understood is one. */
function readDeletion(row: string | undefined): TenantDeletion | undefined {
  if (row === undefined) return undefined;
  const parsed = TenantDeletionRow.safeParse(jsonOrUndefined(row));
  return parsed.success ? parsed.data.deletion : { by: 'maestro', at: '1970-01-01T00:00:00.000Z' };
}

/** What cannot be understood may be a freeze that a later release has stored. */
const NOT_UNDERSTOOD: Freeze = {
  by: 'maestro',
  reason: 'what is stored about a freeze cannot be read; freeze or thaw again',
  at: '1970-01-01T00:00:00.000Z',
};

function readFreeze(row: string | undefined): Freeze | null {
  if (row === undefined) return null;
  const parsed = FreezeRow.safeParse(jsonOrUndefined(row));
  return parsed.success ? parsed.data.freeze : NOT_UNDERSTOOD;
}
