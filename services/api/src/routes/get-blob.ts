import { MaestroError } from '@maestro/core';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `GET /blobs/{sha256}`. */
export function getBlob({ blobs }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/blobs/:sha256',
    operationId: 'getBlob',
    summary: 'A value that was too large for an event',
    description:
      'Where an event has `{"$blob": {"sha256": ..., "bytes": ...}}`, the value itself is here, as JSON: at most 2 MiB, never changed, and only for the tenant that it belongs to.',
    answers: { 200: { description: 'The value' } },
    errors: ['blob.not_found', 'blob.corrupt', 'sidecar.unavailable', 'component.unsupported'],
    handle: async ({ http, principal }) => {
      const sha256 = Sha256.safeParse(http.params['sha256']);
      const text = sha256.success && (await blobs.get(principal.tenant, sha256.data));
      if (typeof text !== 'string') {
        throw new MaestroError('blob.not_found', 'there is no blob under this hash');
      }
      return {
        status: 200,
        // It never changes, but who asks has to be asked who it is.
        headers: { etag: `"${sha256.data}"` },
        body: text,
      };
    },
  });
}
