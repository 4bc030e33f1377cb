import {
  defaultTenantDocument,
  MaestroError,
  textRedactorOf,
  type TenantDirectory,
} from '@maestro/core';
import type { DecideContext } from './decision.ts';

/** What the document of a tenant says about a turn. */
export type TenantRules = Pick<DecideContext, 'limits' | 'allowance' | 'texts'> & {
  /** Whether there is nothing of the tenant any more. */
  readonly deleted: boolean;
};

/**
 * What a tenant allows, and what is taken out of its texts. A document that cannot be read refuses what needs its limits,
 * and nothing else: of texts what is taken out by default is taken out then.
 *
 * @throws MaestroError, retryable, when the store cannot be read.
 */
export async function rulesOf(
  tenants: Pick<TenantDirectory, 'document' | 'deletion'>,
  tenant: string,
): Promise<TenantRules> {
  const deleted = (await tenants.deletion(tenant)) !== undefined;
  try {
    const document = await tenants.document(tenant);
    const { limits, redaction } = document;
    return {
      limits: () => limits,
      allowance: () => document,
      texts: textRedactorOf(redaction),
      deleted,
    };
  } catch (error) {
    const failure = MaestroError.from(error);
    if (failure.retryable) throw failure;
    const refuse = (): never => {
      throw failure;
    };
    return {
      limits: refuse,
      allowance: refuse,
      texts: textRedactorOf(defaultTenantDocument(tenant).redaction),
      deleted,
    };
  }
}
