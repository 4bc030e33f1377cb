import type { ErrorCode, Principal } from '@maestro/core';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Answer } from './answer.ts';
import type { OperationId } from './permissions.ts';

/** A query or header parameter, as it is documented. */
export interface ParameterDoc {
  readonly in: 'query' | 'header';
  readonly name: string;
  readonly description: string;
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
  readonly body: B;
  readonly query: Q;
}

/** A route: what it takes, what it answers and how it is documented, in one place. */
export interface Route<B = unknown, Q = unknown> {
  readonly method: 'get' | 'post' | 'put';
  /** `:id` stands for a continuation's id. */
  readonly path: string;
  /** Its name, under which {@link ROUTE_PERMISSIONS} says who may call it. */
  readonly operationId: OperationId;
  readonly summary: string;
  readonly description?: string;
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
