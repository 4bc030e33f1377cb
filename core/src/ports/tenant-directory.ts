import type { ActiveFreeze, Freeze, FreezeScope } from '../tenant/freeze.ts';
import type { TenantDocument } from '../tenant/tenant-document.ts';
import type { TenantDeletion } from '../tenant/tenant-facts.ts';

/** Where the documents of tenants are. What it reads is at most a second old; it throws, retryable, when the store cannot be read. */
export interface TenantDirectory {
  /**
   * What a tenant is allowed; of one without a document what everybody is.
   *
   * @throws MaestroError `tenant.invalid` when what is stored is no such document.
   */
  document(tenant: string): Promise<TenantDocument>;

  /**
   * The document of a tenant; undefined of one that was never created.
   *
   * @throws MaestroError `tenant.invalid` when what is stored is no such document.
   */
  find(tenant: string): Promise<TenantDocument | undefined>;

  /**
   * Stores the document of a tenant that has none, and where its rows are, unless they are with those of the installation.
   *
   * @returns whether there was none.
   */
  create(document: TenantDocument, stateComponent?: string): Promise<boolean>;

  /** Stores the document of a tenant in place of the one before. */
  put(document: TenantDocument): Promise<void>;

  /**
   * The state component that a tenant has for itself; undefined where its rows are with those of the installation.
   *
   * @throws MaestroError `tenant.invalid` when what is stored about it cannot be understood.
   */
  stateComponent(tenant: string): Promise<string | undefined>;

  /** Who deleted a tenant, and when; undefined of one that was not deleted. */
  deletion(tenant: string): Promise<TenantDeletion | undefined>;

  /** Says for good that a tenant was deleted, and forgets what it was allowed. @returns the deletion that holds: the first. */
  delete(tenant: string, deletion: TenantDeletion): Promise<TenantDeletion>;

  /**
   * What holds a tenant up: a freeze of the installation before one of its own. What is stored and cannot be understood
   * counts as a freeze.
   */
  freeze(tenant: string): Promise<ActiveFreeze | undefined>;

  /** Freezes, or with null thaws. @throws MaestroError `commit.outcome_unknown`, retryable, when the store does not say whether it did. */
  setFreeze(scope: FreezeScope, freeze: Freeze | null): Promise<void>;

  /** Forgets what is remembered of a tenant: what is asked next is read anew. */
  refresh(tenant: string): void;
}
