import {
  defaultTenantDocument,
  MaestroError,
  textRedactorOf,
  type TenantDirectory,
} from '@maestro/core';
import type { DecideContext } from './decision.ts';

/** What the document of a tenant says about a turn. */
export type TenantRules = Pick<DecideContext, 'limits' | 'texts'>;

/**
 * What a tenant allows, and what is taken out of its texts. A document that cannot be read refuses what needs its limits,
 * and nothing else: of texts what is taken out by default is taken out then.
 *
 * @throws MaestroError, retryable, when the store cannot be read.
 */
export async function rulesOf(
  tenants: Pick<TenantDirectory, 'document'>,
  tenant: string,
): Promise<TenantRules> {
  try {
    const { limits, redaction } = await tenants.document(tenant);
    return { limits: () => limits, texts: textRedactorOf(redaction) };
  } catch (error) {
    const failure = MaestroError.from(error);
    if (failure.retryable) throw failure;
    return {
      limits: () => {
        throw failure;
      },
      texts: textRedactorOf(defaultTenantDocument(tenant).redaction),
    };
  }
}
