import * as protocol from '@maestro/client/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

interface Operation {
  readonly operationId: string;
  readonly security?: unknown[];
  readonly parameters: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
}
interface Media {
  readonly schema?: { readonly $ref: string };
  readonly example?: unknown;
  readonly examples?: Record<string, { readonly value: unknown }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

let api: ApiHarness;
let text: string;
let document: Document;
beforeAll(async () => {
  api = await startApi({ metrics: async () => 'maestro_up 1\n' });
  const answer = await api.call('GET', '/openapi.json', { token: null });
  ({ text } = answer);
  document = answer.json as Document;
});
afterAll(() => api.close());

function operations(): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

describe('the OpenAPI document', () => {
  it('has every route, once', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(operations().map(([name]) => name)).toEqual([
      'POST /continuations',
      'GET /continuations',
      'GET /continuations/{id}',
      'GET /continuations/{id}/events',
      'GET /continuations/{id}/events/stream',
      'GET /events/stream',
      'POST /continuations/{id}/signals',
      'POST /continuations/{id}/forks',
      'POST /merges',
      'POST /streams/{stream}/items',
      'POST /continuations/{id}/skip',
      'GET /continuations/{id}/lineage',
      'GET /continuations/{id}/common-ancestor',
      'GET /continuations/{id}/explain',
      'GET /continuations/{id}/replay',
      'POST /continuations/{id}/wake',
      'GET /tenant',
      'PUT /tenant',
      'POST /tenants',
      'GET /tenants/{tenant}',
      'PUT /tenants/{tenant}',
      'DELETE /tenants/{tenant}',
      'POST /tenants/{tenant}/erasures',
      'GET /freeze',
      'POST /freeze',
      'POST /thaw',
      'GET /audit',
      'POST /continuations/{id}/import',
      'POST /continuations/{id}/import/finish',
      'GET /blobs/{sha256}',
      'PUT /blobs/{sha256}',
      'GET /healthz',
      'GET /readyz',
      'GET /errors/{code}',
      'GET /reference',
      'GET /reference/{asset}',
      'GET /status',
      'GET /metrics',
      'GET /openapi.json',
    ]);
    const ids = operations().map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers only to what it has', () => {
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty([name!]);
    expect(text).not.toContain('"#/$defs');
  });

  it('has examples that fit their schemas', () => {
    const schemas: Record<string, z.ZodType | undefined> = { ...protocol } as never;
    let checked = 0;
    for (const [name, { requestBody, responses }] of operations()) {
      const contents = [requestBody, ...Object.values(responses)].map((part) => part?.content);
      for (const media of contents.flatMap((content) => Object.values(content ?? {}))) {
        const schema = schemas[media.schema?.$ref.split('/').at(-1) ?? ''];
        const examples = Object.values(media.examples ?? {}).map(({ value }) => value);
        for (const example of [media.example, ...examples]) {
          if (schema === undefined || example === undefined) continue;
          expect(schema.safeParse(example), `${name} ${JSON.stringify(example)}`).toMatchObject({
            success: true,
          });
          checked++;
        }
      }
    }
    expect(checked).toBeGreaterThan(20);
  });

  it('names parameters, security and refusals', () => {
    const start = document.paths['/continuations']?.['post'];
    expect(start?.parameters).toMatchObject([{ in: 'header', name: 'Idempotency-Key' }]);
    expect(Object.keys(start?.responses ?? {})).toEqual([
      '200',
      '201',
      '400',
      '401',
      '403',
      '409',
      '410',
      '413',
      '415',
      '422',
      '423',
      '429',
      '500',
      '503',
    ]);
    const get = document.paths['/continuations/{id}']?.['get'];
    expect(get?.parameters).toMatchObject([
      { in: 'path', name: 'id' },
      { in: 'header', name: 'If-None-Match' },
    ]);
    expect(Object.keys(get?.responses ?? {})).toContain('304');
    expect(get?.security).toBeUndefined();
    expect(start).toMatchObject({ 'x-roles': ['researcher', 'admin', 'service'] });
    expect(document.paths['/healthz']?.['get']?.security).toEqual([]);
  });
});

it('what the API answers fits what the document says', async () => {
  const id = await api.start('wait@1');
  const { ContinuationView, EventsPage, Explanation, SignalAnswer } = protocol;
  const path = `/continuations/${id}`;
  expect(ContinuationView.parse((await api.call('GET', path)).json)).toMatchObject({ id });
  EventsPage.parse((await api.call('GET', `${path}/events?include=head`)).json);
  Explanation.parse((await api.call('GET', `${path}/explain`)).json);
  const signalled = await api.call('POST', `${path}/signals`, { body: { signal: 'go' } });
  SignalAnswer.parse(signalled.json);
  ContinuationView.parse((await api.call('GET', path)).json);
});
