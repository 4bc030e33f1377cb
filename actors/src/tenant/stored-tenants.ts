import {
  canonicalJson,
  defaultTenantDocument,
  jsonOrUndefined,
  MaestroError,
  TenantDocument,
  tenantDocumentKey,
  tenantPartition,
  type Clock,
  type TenantDirectory,
} from '@maestro/core';
import type { RowStore } from '../store/row-store.ts';

/** How old what is remembered may be, in ms. */
const FRESH_MS = 1_000;

/** Tenants that are remembered at most. */
const MAX_REMEMBERED = 1_000;

/** How often a document is written before its outcome is called unknown. */
const TRIES = 4;

interface Remembered {
  readonly sinceMs: number;
  readonly document: Promise<TenantDocument>;
}

/** The documents of tenants in the state store, read at most once a second each. */
export class StoredTenants implements TenantDirectory {
  readonly #rows: RowStore;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();

  constructor(rows: RowStore, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
  }

  document(tenant: string): Promise<TenantDocument> {
    const nowMs = this.#clock.nowMs();
    const found = this.#remembered.get(tenant);
    if (found && Math.abs(nowMs - found.sinceMs) < FRESH_MS) return found.document;
    const document = this.#read(tenant);
    this.#remember(tenant, { sinceMs: nowMs, document });
    return document;
  }

  async put(document: TenantDocument): Promise<void> {
    const { tenant } = document;
    const value = canonicalJson(document);
    const row = { key: tenantDocumentKey(tenant), value, createOnly: false };
    for (let tries = 1; ; tries++) {
      try {
        await this.#rows.write(tenantPartition(tenant), [row]);
        this.#remembered.delete(tenant);
        return;
      } catch (error) {
        if (tries === TRIES) {
          throw new MaestroError(
            'commit.outcome_unknown',
            `the store did not say whether it stored the document of tenant ${tenant}; put it again`,
            { cause: error },
          );
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 50 * tries));
    }
  }

  #remember(tenant: string, entry: Remembered): void {
    this.#remembered.delete(tenant);
    this.#remembered.set(tenant, entry);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= MAX_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
    // What failed is asked again at once.
    entry.document.catch(() => {
      if (this.#remembered.get(tenant) === entry) this.#remembered.delete(tenant);
    });
  }

  async #read(tenant: string): Promise<TenantDocument> {
    const row = await this.#rows.read(tenantPartition(tenant), tenantDocumentKey(tenant));
    if (row === undefined) return defaultTenantDocument(tenant);
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
}
