import { MaestroError } from '@maestro/core';
import type { IncomingMessage } from 'node:http';
import type { ParameterDoc } from './route.ts';

const VALID = /^[\x20-\x7e]{1,200}$/;

/**
 * The caller's name for a request, under which it may be repeated.
 *
 * @throws MaestroError `request.invalid` unless it is 1-200 printable ASCII characters.
 */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !VALID.test(key)) {
    throw new MaestroError('request.invalid', 'the Idempotency-Key is not valid', {
      details: [{ at: 'Idempotency-Key', message: 'must be 1-200 printable ASCII characters' }],
    });
  }
  return key;
}

/** How the header is documented. */
export const IDEMPOTENCY_KEY: ParameterDoc = {
  in: 'header',
  name: 'Idempotency-Key',
  description:
    'Names the request: the same key with the same body is done once, however often it is sent.',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\x20-\\x7e]+$' },
};
