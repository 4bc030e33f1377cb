import { MaestroError, type TenantDirectory } from '@maestro/core';
import type { DecideContext } from './decision.ts';

/**
 * What a tenant allows: a document that cannot be read refuses what needs it, and nothing else.
 *
 * @throws MaestroError, retryable, when the store cannot be read.
 */
export async function limitsOf(
  tenants: Pick<TenantDirectory, 'document'>,
  tenant: string,
): Promise<DecideContext['limits']> {
  try {
    const { limits } = await tenants.document(tenant);
    return () => limits;
  } catch (error) {
    const failure = MaestroError.from(error);
    if (failure.retryable) throw failure;
    return () => {
      throw failure;
    };
  }
}
