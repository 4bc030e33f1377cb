import type { TenantDocument } from '../tenant/tenant-document.ts';

/** Where the documents of tenants are. */
export interface TenantDirectory {
  /**
   * What a tenant is allowed, at most a second old; of one without a document what everybody is.
   *
   * @throws MaestroError `tenant.invalid` when what is stored is no such document, or, retryable, that the store cannot be read.
   */
  document(tenant: string): Promise<TenantDocument>;
  /** Stores the document of a tenant in place of the one before. */
  put(document: TenantDocument): Promise<void>;
}
