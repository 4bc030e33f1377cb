import {
  canonicalJson,
  defaultTenantDocument,
  FreezeRow,
  freezeRow,
  jsonOrUndefined,
  MaestroError,
  TenantDocument,
  tenantDocumentKey,
  tenantPartition,
  type ActiveFreeze,
  type Clock,
  type Freeze,
  type FreezeScope,
  type TenantDirectory,
} from '@maestro/core';
import type { RowStore } from '../store/row-store.ts';

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

  async create(document: TenantDocument): Promise<boolean> {
    const place = documentPlace(document.tenant);
    const value = canonicalJson(document);
    if ((await this.#rows.read(place.partition, place.key)) !== undefined) return false;
    try {
      await this.#rows.write(place.partition, [{ key: place.key, value, createOnly: true }]);
      return true;
    } catch (error) {
      const there = await this.#rows.read(place.partition, place.key);
      if (there === undefined) throw outcomeUnknown(place, error);
      // This one's own, whose answer was lost, or another's.
      return there === value;
    } finally {
      this.#remembered.delete(place.key);
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
