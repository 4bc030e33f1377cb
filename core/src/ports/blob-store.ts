/**
 * Keeps values that are too large for a row (the claim-check pattern): immutable, under their SHA-256, within a tenant.
 */
export interface BlobStore {
  /** Stores a text durably under the SHA-256 of its UTF-8 bytes, in hex. Storing it again changes nothing. */
  put(tenant: string, sha256: string, text: string, signal?: AbortSignal): Promise<void>;

  /**
   * The text under a hash; undefined when there is none.
   *
   * @throws MaestroError `blob.corrupt` when what is there has another hash.
   */
  get(tenant: string, sha256: string, signal?: AbortSignal): Promise<string | undefined>;

  /** Removes what is under a hash; nothing there is no error. Only for what is erased with its whole tenant. */
  remove(tenant: string, sha256: string, signal?: AbortSignal): Promise<void>;
}
