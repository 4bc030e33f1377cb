import { MaestroError } from '@maestro/core';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { sendAnswer } from './answer.ts';
import { PROBLEM_TYPE, problemHeaders, problemOf } from './problem.ts';
import { requestIdOf } from './request-id.ts';

/** Refuses what no route takes. */
export const refuseUnknownRoute: RequestHandler = (request) => {
  throw new MaestroError('route.not_found', `there is no ${request.path}; see /openapi.json`);
};

/** Turns whatever was thrown into a problem. Faults of the server are logged; the caller learns no more than their code. */
export function refuse(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = maestroErrorOf(thrown);
    const requestId = requestIdOf(response);
    if (error.status >= 500) logFault(log, error, { requestId, method: request.method });
    if (response.headersSent) {
      next(error);
      return;
    }
    sendAnswer(response, {
      status: error.status,
      contentType: PROBLEM_TYPE,
      headers: { 'cache-control': 'no-store', ...problemHeaders(error) },
      body: JSON.stringify(problemOf(error, requestId)),
    });
  };
}

function maestroErrorOf(thrown: unknown): MaestroError {
  // The router's own refusals, such as a path that cannot be decoded.
  const status = (thrown as { status?: unknown } | undefined)?.status;
  if (!(thrown instanceof MaestroError) && typeof status === 'number' && status < 500) {
    return new MaestroError('request.invalid', 'the request cannot be read', { cause: thrown });
  }
  return MaestroError.from(thrown);
}

function logFault(
  log: Logger,
  error: MaestroError,
  fields: { readonly requestId: string; readonly method: string },
): void {
  const entry = { ...fields, code: error.code, err: error };
  if (error.retryable) log.warn(entry, 'refused for now');
  else log.error(entry, 'request failed');
}
