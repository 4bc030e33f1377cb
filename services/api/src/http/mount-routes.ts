import {
  ContinuationId,
  TenantSlug,
  MaestroError,
  type Identity,
  type Observability,
  type TenantDirectory,
  type Tracing,
} from '@maestro/core';
import { frozen } from '@maestro/actors';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { sendAnswer } from './answer.ts';
import { admit, type Admission } from './admit.ts';
import { audited, type AuditParts } from './audited.ts';
import { authenticate } from './authenticate.ts';
import { conditionalAnswer } from './entity-tag.ts';
import { deprecationHeaders } from './deprecation.ts';
import { invalidRequest } from './invalid-request.ts';
import { readJsonBody } from './json-body.ts';
import { measureRequest } from './measure-request.ts';
import { beginRequestSpan, type RequestFacts } from './request-span.ts';
import { ROUTE_PERMISSIONS } from './permissions.ts';
import type { RateLimit } from './rate-limit.ts';
import { requestIdOf } from './request-id.ts';
import { staysOpen, type Route } from './route.ts';

/** Who is told of requests. */
export interface RequestObservers {
  readonly tracing?: Tracing | undefined;
  readonly observability?: Observability | undefined;
}

/** Who says whether a request may go on. */
export interface Gatekeepers {
  readonly identity: Identity;
  readonly tenants: Pick<TenantDirectory, 'freeze' | 'find' | 'deletion'>;
  readonly admission?: Admission | undefined;
  readonly rateLimit: Pick<RateLimit, 'take'>;
}

/** Serves a table of routes; what a path does not take is refused with 405 and the methods that it does. */
export function mountRoutes(
  routes: readonly Route[],
  gatekeepers: Gatekeepers,
  audit: AuditParts,
  observers: RequestObservers = {},
): Router {
  const router = Router({ caseSensitive: true });
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method]);
    router[route.method](route.path, handlerOf(route, gatekeepers, audit, observers));
  }
  for (const [path, taken] of methods) {
    const allow = taken.flatMap((method) =>
      method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
    );
    router.all(path, (request, response) => {
      response.setHeader('allow', allow.join(', '));
      throw new MaestroError(
        'route.method_not_allowed',
        `${request.path} takes ${allow.join(', ')}, not ${request.method}`,
      );
    });
  }
  return router;
}

function handlerOf(
  route: Route,
  { identity, tenants, rateLimit, admission = {} }: Gatekeepers,
  audit: AuditParts,
  { tracing, observability }: RequestObservers,
): RequestHandler {
  const takesId = route.path.includes(':id');
  const takesTenant = route.path.includes(':tenant');
  const method = route.method.toUpperCase();
  const open = staysOpen(route);
  const isPublic = ROUTE_PERMISSIONS[route.operationId] === 'public';
  const headers = Object.entries(route.deprecated ? deprecationHeaders(route.deprecated) : {});
  const isAudited = route.method !== 'get' && !isPublic && route.audit !== 'none';
  return async (request: Request, response: Response): Promise<void> => {
    for (const [name, value] of headers) response.setHeader(name, value);
    if (observability) measureRequest(response, route, observability);
    const facts: RequestFacts = { method, route: route.path, tenant: '' };
    // What only reads is in no continuation's trace.
    const traceparent =
      route.method === 'get' ? undefined : beginRequestSpan(request, response, facts, tracing);
    const principal = await authenticate(
      identity,
      route.operationId,
      request.headers.authorization,
      admission.adminTenant,
    );
    facts.tenant = principal.tenant;
    if (!isPublic) await admit(tenants, principal.tenant, admission);
    // Who has to stop a flood must get through it.
    if (!isPublic && route.whileFrozen !== true) await rateLimit.take(principal.tenant);
    const id = takesId ? continuationIdOf(request) : '';
    const tenant = takesTenant ? tenantOf(request) : principal.tenant;
    const query = route.query ? parsedQuery(route, request) : undefined;
    const body = route.body ? await parsedBody(route.body, request) : undefined;
    if (!open) await refuseFrozen(tenants, principal.tenant);
    const requestId = requestIdOf(response);
    const whole = {
      http: request,
      response,
      requestId,
      traceparent,
      principal,
      id,
      tenant,
      body,
      query,
    };
    const answer = isAudited ? await audited(route, whole, audit) : await route.handle(whole);
    facts.began = answer?.began;
    if (!answer) return;
    const isGet = route.method === 'get';
    sendAnswer(response, isGet ? conditionalAnswer(route, request, answer) : answer);
  };
}

/** @throws MaestroError `tenant.frozen` while a freeze holds the tenant up. */
async function refuseFrozen(tenants: Gatekeepers['tenants'], tenant: string): Promise<void> {
  const freeze = await tenants.freeze(tenant);
  if (freeze) throw frozen(freeze);
}

function continuationIdOf(request: Request): string {
  const id = request.params['id'];
  if (!ContinuationId.safeParse(id).success) {
    throw new MaestroError(
      'id.invalid',
      'a continuation id is a ULID: 26 digits and capital letters',
    );
  }
  return id as string;
}

function tenantOf(request: Request): string {
  const slug = TenantSlug.safeParse(request.params['tenant']);
  if (slug.success) return slug.data;
  throw new MaestroError(
    'tenant.slug_invalid',
    'the name of a tenant is 1 to 40 small letters, digits and hyphens',
  );
}

function parsedQuery(route: Route, request: Request): unknown {
  const parsed = route.query?.safeParse({ ...request.query });
  if (parsed && !parsed.success) throw invalidRequest(parsed.error, 'query');
  return parsed?.data;
}

async function parsedBody(
  { schema, maxBytes }: NonNullable<Route['body']>,
  request: Request,
): Promise<unknown> {
  const parsed = schema.safeParse(await readJsonBody(request, maxBytes));
  if (!parsed.success) throw invalidRequest(parsed.error, 'body');
  return parsed.data;
}
