import { MaestroError } from '@maestro/core';

/** A target that cannot be reached, or no longer. Neither text nor cause has a password: drivers' errors name hosts alone. */
export function targetUnavailable(name: string, cause: unknown): MaestroError {
  // Of several addresses that all refuse, the message is empty.
  const { code = '', message = '' } = cause as { code?: string; message?: string };
  const why = message === '' ? code : message;
  return new MaestroError('warehouse.unavailable', `${name} does not answer: ${why}`, { cause });
}
