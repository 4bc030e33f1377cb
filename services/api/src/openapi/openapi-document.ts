import { ERROR_CATALOGUE, type ErrorCode } from '@maestro/core';
import { API_VERSION } from '../http/api-version.ts';
import { deprecationNotice } from '../http/deprecation.ts';
import { PROBLEM_TYPE } from '../http/problem.ts';
import { hasEntityTag, IF_NONE_MATCH } from '../http/entity-tag.ts';
import { rolesWith, ROUTE_PERMISSIONS } from '../http/permissions.ts';
import { staysOpen, type AnswerDoc, type Route } from '../http/route.ts';
import { componentSchemas } from './component-schemas.ts';

/** The OpenAPI 3.1 document of a table of routes. */
export function openapiDocument(routes: readonly Route[]): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Maestro',
      version: API_VERSION,
      description:
        'Starts continuations, follows them and speaks to them. The tenant comes from the token: what belongs to another tenant does not exist.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

/** What a parameter of a path looks like. */
const PATH_PATTERNS: Readonly<Record<string, { readonly pattern: string }>> = {
  id: { pattern: '^[0-7][0-9A-HJKMNP-TV-Z]{25}$' },
  tenant: { pattern: '^[a-z0-9-]{1,40}$' },
};

function operationOf(route: Route): Readonly<Record<string, unknown>> {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    in: 'path',
    name,
    required: true,
    schema: { type: 'string', ...PATH_PATTERNS[name] },
  }));
  const notice = route.deprecated ? deprecationNotice(route.deprecated) : undefined;
  const description = [notice, route.description].filter(Boolean).join('\n\n');
  return {
    operationId: route.operationId,
    tags: [tagOf(route)],
    summary: route.summary,
    ...(description === '' ? {} : { description }),
    ...(route.deprecated ? { deprecated: true } : {}),
    ...securityOf(route),
    parameters: [
      ...inPath,
      ...(route.parameters ?? []),
      ...(hasEntityTag(route) ? [IF_NONE_MATCH] : []),
    ],
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: refTo(route.body.name), example: route.body.example },
            },
          },
        }
      : {}),
    responses: { ...answersOf(route), ...refusalsOf(route) },
  };
}

/** What it is about: the first part of its path, or the service itself where nobody needs a token. */
function tagOf({ operationId, path }: Route): string {
  return ROUTE_PERMISSIONS[operationId] === 'public' ? 'service' : (path.split('/')[1] ?? '');
}

/** Who may call it; OpenAPI has no words for roles. */
function securityOf({ operationId }: Route): Readonly<Record<string, unknown>> {
  const permission = ROUTE_PERMISSIONS[operationId];
  return permission === 'public' ? { security: [] } : { 'x-roles': rolesWith(permission) };
}

const ETAG = { ETag: 'Names what was given; to be sent as If-None-Match' };

const DEPRECATED = {
  Deprecation: 'Since when, as RFC 9745 has it',
  Sunset: 'When it may end',
  Link: 'Where to read on',
};

const NOT_MODIFIED: AnswerDoc = {
  description: 'What the caller has, by If-None-Match, is still right',
  headers: ETAG,
};

function answersOf(route: Route): Readonly<Record<string, unknown>> {
  const tagged = hasEntityTag(route);
  const answers = Object.entries(route.answers).map(([status, answer]): [string, AnswerDoc] => {
    const headers = {
      ...answer.headers,
      ...(tagged && status === '200' ? ETAG : {}),
      ...(route.deprecated ? DEPRECATED : {}),
    };
    return [status, { ...answer, headers }];
  });
  if (tagged) answers.push(['304', NOT_MODIFIED]);
  return Object.fromEntries(answers.map(([status, answer]) => [status, answerOf(answer)]));
}

function answerOf(answer: AnswerDoc): Readonly<Record<string, unknown>> {
  const { description, schema, contentType = 'application/json', example, headers = {} } = answer;
  const content = {
    ...(schema === undefined ? {} : { schema: refTo(schema) }),
    ...(example === undefined ? {} : { example }),
  };
  return {
    description,
    headers: {
      'X-Request-Id': { description: 'Names the request', schema: { type: 'string' } },
      'API-Version': {
        description: 'The version of the API',
        schema: { type: 'string', const: API_VERSION },
      },
      ...Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [
          name,
          { description: text, schema: { type: 'string' } },
        ]),
      ),
    },
    ...(Object.keys(content).length > 0 ? { content: { [contentType]: content } } : {}),
  };
}

/** Every code that a route can refuse with, its own and those that its shape implies. */
export function codesOf(route: Route): readonly ErrorCode[] {
  const codes: ErrorCode[] = [...route.errors, 'internal.error'];
  if (ROUTE_PERMISSIONS[route.operationId] !== 'public') {
    codes.push(
      'auth.missing',
      'auth.invalid',
      'auth.expired',
      'auth.forbidden',
      'auth.unavailable',
      'rate.limited',
      'tenant.unknown',
      'tenant.deleted',
      'tenant.elsewhere',
    );
  }
  if (route.path.includes(':id')) codes.push('id.invalid');
  if (route.path.includes(':tenant')) codes.push('tenant.slug_invalid');
  if (route.query || route.body || route.parameters) {
    codes.push('request.invalid', 'request.unprocessable');
  }
  if (!staysOpen(route)) codes.push('tenant.frozen');
  if (route.body) {
    codes.push('request.malformed', 'request.too_large', 'request.unsupported_media_type');
  }
  return [...new Set(codes)];
}

function refusalsOf(route: Route): Readonly<Record<string, unknown>> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(route)) {
    const { status } = ERROR_CATALOGUE[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const refusals: Record<string, unknown> = {};
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    const examples = codes.map((code) => [code, { value: exampleOf(code) }]);
    refusals[status] = {
      description: codes.map((code) => `\`${code}\`: ${ERROR_CATALOGUE[code].title}`).join('. '),
      content: {
        [PROBLEM_TYPE]: { schema: refTo('Problem'), examples: Object.fromEntries(examples) },
      },
    };
  }
  return refusals;
}

function exampleOf(code: ErrorCode): Readonly<Record<string, unknown>> {
  const { status, title, retryable } = ERROR_CATALOGUE[code];
  return { type: `/errors/${code}`, title, status, detail: title, code, retryable };
}

function refTo(name: string): Readonly<Record<string, string>> {
  return { $ref: `#/components/schemas/${name}` };
}
