import { copyId, MaestroError, type ContinuationRef, type CopySource } from '@maestro/core';

/**
 * Checks that an id is that of a copy: a copy need be neither sealed nor finished, because what it was made of goes on
 * under another id. It is a check of the name alone; the rows do not tell what they were copied from.
 *
 * @throws MaestroError `request.invalid`.
 */
export function checkCopy({ tenant, id }: ContinuationRef, source: CopySource): void {
  if (copyId(tenant, source) === id) return;
  const message = `${id} is not the id of the copy that tenant ${tenant} makes of ${source.id} of ${source.tenant}, up to its hash and with its key`;
  throw new MaestroError('request.unprocessable', `${message}: leave copyOf out if it is no copy`, {
    details: [{ at: '/copyOf', message }],
  });
}
