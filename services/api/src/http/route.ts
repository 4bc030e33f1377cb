import type { ErrorCode, JsonValue, Principal } from '@maestro/core';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Answer } from './answer.ts';
import type { Deprecation } from './deprecation.ts';
import { ROUTE_PERMISSIONS, type OperationId } from './permissions.ts';

/** A query or header parameter, as it is documented. */
export interface ParameterDoc {
  readonly in: 'query' | 'header';
  readonly name: string;
  readonly description: string;
  /** @default false */
  readonly required?: boolean;
  /** @default false */
  readonly deprecated?: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** One kind of answer, as it is documented. */
export interface AnswerDoc {
  readonly description: string;
  /** Name of a schema among the document's components. */
  readonly schema?: string;
  /** @default application/json */
  readonly contentType?: string;
  readonly example?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that has been let in: token verified, id, query and body checked. */
export interface ApiRequest<B, Q> {
  readonly http: Request;
  readonly response: Response;
  readonly requestId: string;
  /** W3C traceparent of the request's span, for what it causes; undefined where a route only reads. */
  readonly traceparent: string | undefined;
  /** The caller; of a public route without any rights. */
  readonly principal: Principal;
  /** The continuation's id in the path; empty when the path has none. */
  readonly id: string;
  /** The tenant in the path; that of the caller when the path has none. */
  readonly tenant: string;
  readonly body: B;
  readonly query: Q;
}

/** A route: what it takes, what it answers and how it is documented, in one place. */
export interface Route<B = unknown, Q = unknown> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** `:id` stands for a continuation's id, `:tenant` for a tenant's slug. */
  readonly path: string;
  /** Its name, under which {@link ROUTE_PERMISSIONS} says who may call it. */
  readonly operationId: OperationId;
  readonly summary: string;
  readonly description?: string;
  /** Left out: it stays. */
  readonly deprecated?: Deprecation;
  /** Whether a freeze lets it change things. @default false */
  readonly whileFrozen?: boolean;
  /**
   * How the audit log has it, where it changes anything: by an entry afterwards, or by one before it too, without which
   * it does not happen. @default after
   */
  readonly audit?: 'before' | 'after' | 'none';
  /** What the audit log says of a request, beside who and which continuation: nothing that may be personal. */
  readonly auditDetail?: (body: B) => Readonly<Record<string, JsonValue>>;
  /** Whose tenant it is about, where neither path nor token say so: its audit log has it too. */
  readonly auditTenant?: (body: B) => string | undefined;
  readonly body?: {
    readonly schema: z.ZodType<B>;
    /** Name of the schema among the document's components. */
    readonly name: string;
    readonly example: unknown;
    /** The largest body, in bytes. @default MAX_BODY_BYTES */
    readonly maxBytes?: number;
  };
  readonly query?: z.ZodType<Q>;
  readonly parameters?: readonly ParameterDoc[];
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** False: what is got carries no ETag, and nobody may keep it, because it is of the moment, or a live stream. */
  readonly etag?: false;
  /** Codes beside those that follow from permission, id, query and body. */
  readonly errors: readonly ErrorCode[];
  /** Undefined: the handler has taken the response over. */
  readonly handle: (request: ApiRequest<B, Q>) => Promise<Answer | undefined> | Answer;
}

/** Gives a route the types of its schemas; the table then holds them without. */
export function defineRoute<B, Q>(route: Route<B, Q>): Route {
  // The router parses body and query with the route's own schemas before it calls the handler, so the cast holds.
  return route as unknown as Route;
}

/** Whether a freeze leaves a route as it is: it only reads, or it is one by which operators get out of it. */
export function staysOpen({
  method,
  operationId,
  whileFrozen,
}: Pick<Route, 'method' | 'operationId' | 'whileFrozen'>): boolean {
  return method === 'get' || ROUTE_PERMISSIONS[operationId] === 'public' || whileFrozen === true;
}
