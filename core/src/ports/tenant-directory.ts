import type { ActiveFreeze, Freeze, FreezeScope } from '../tenant/freeze.ts';
import type { TenantDocument } from '../tenant/tenant-document.ts';

/** Where the documents of tenants are. */
export interface TenantDirectory {
  /**
   * What a tenant is allowed, at most a second old; of one without a document what everybody is.
   *
   * @throws MaestroError `tenant.invalid` when what is stored is no such document, or, retryable, that the store cannot be read.
   */
  document(tenant: string): Promise<TenantDocument>;

  /**
   * The document of a tenant, at most a second old; undefined of one that was never created.
   *
   * @throws MaestroError as {@link document} does.
   */
  find(tenant: string): Promise<TenantDocument | undefined>;

  /**
   * Stores the document of a tenant that has none.
   *
   * @returns whether there was none.
   */
  create(document: TenantDocument): Promise<boolean>;

  /** Stores the document of a tenant in place of the one before. */
  put(document: TenantDocument): Promise<void>;

  /**
   * What holds a tenant up, at most a second old: a freeze of the installation before one of its own. What is stored and
   * cannot be understood counts as a freeze.
   *
   * @throws MaestroError, retryable, that the store cannot be read.
   */
  freeze(tenant: string): Promise<ActiveFreeze | undefined>;

  /** Freezes, or with null thaws. @throws MaestroError `commit.outcome_unknown`, retryable, when the store does not say whether it did. */
  setFreeze(scope: FreezeScope, freeze: Freeze | null): Promise<void>;
}
