import { BlobValue } from '@maestro/client/protocol';
import { canonicalJson, MaestroError, MAX_VALUE_BYTES, sha256Hex } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';

/** `PUT /blobs/{sha256}`. */
export function putBlob({ blobs }: ApiParts): Route {
  return defineRoute({
    method: 'put',
    path: '/blobs/:sha256',
    operationId: 'putBlob',
    summary: 'Store a value that an imported log refers to',
    description:
      'For operators who move a continuation here: its large values are beside its log. The SHA-256 of the canonical JSON has to be that of the path. Storing it again changes nothing.',
    audit: 'none',
    body: {
      schema: BlobValue,
      name: 'BlobValue',
      example: { text: 'a long report' },
      maxBytes: MAX_VALUE_BYTES,
    },
    answers: {
      200: {
        description: 'It is stored',
        example: { sha256: 'a'.repeat(64), bytes: 70_000 },
      },
    },
    errors: ['sidecar.unavailable', 'component.unsupported'],
    handle: async ({ http, principal, body }) => {
      const text = canonicalJson(body);
      const sha256 = sha256Hex(text);
      if (sha256 !== http.params['sha256']) {
        throw new MaestroError(
          'request.unprocessable',
          `the value's SHA-256 is ${sha256}, not the path's`,
        );
      }
      await blobs.put(principal.tenant, sha256, text);
      return { status: 200, body: { sha256, bytes: Buffer.byteLength(text) } };
    },
  });
}
