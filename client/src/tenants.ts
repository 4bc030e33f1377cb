import type {
  ErasureAnswer,
  TenantAnswer,
  TenantCreationInput,
  TenantRequestInput,
} from './protocol/index.ts';
import type { CallOptions, Transport } from './transport.ts';

/** What admins of an installation do with tenants. */
export class Tenants {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Creates a tenant; said again with the same content it changes nothing. */
  create(request: TenantCreationInput, { signal }: CallOptions = {}): Promise<TenantAnswer> {
    return this.#transport.json({ method: 'POST', path: '/tenants', body: request, signal });
  }

  /** What a tenant is allowed; of one that was deleted when, and by whom. */
  get(tenant: string, { signal }: CallOptions = {}): Promise<TenantAnswer> {
    return this.#transport.json({ method: 'GET', path: pathOf(tenant), signal });
  }

  /** Says what a tenant is allowed, in place of what was said before. */
  set(
    tenant: string,
    request: TenantRequestInput,
    { signal }: CallOptions = {},
  ): Promise<TenantAnswer> {
    return this.#transport.json({ method: 'PUT', path: pathOf(tenant), body: request, signal });
  }

  /** Deletes a tenant that has been frozen for a minute, for good. Its rows are still to be erased. */
  delete(tenant: string, { signal }: CallOptions = {}): Promise<TenantAnswer> {
    return this.#transport.json({ method: 'DELETE', path: pathOf(tenant), signal });
  }

  /** Erases rows of a tenant that was deleted; said again it erases what is left. */
  erase(
    tenant: string,
    keys: readonly string[],
    { signal }: CallOptions = {},
  ): Promise<ErasureAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: `${pathOf(tenant)}/erasures`,
      body: { keys },
      signal,
    });
  }
}

function pathOf(tenant: string): string {
  return `/tenants/${encodeURIComponent(tenant)}`;
}
