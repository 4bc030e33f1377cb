import type { Problem } from '@maestro/client/protocol';
import { ERROR_CATALOGUE, type ErrorCode, type MaestroError } from '@maestro/core';

/** Media type of every refusal. */
export const PROBLEM_TYPE = 'application/problem+json';

/** Server faults whose message is written for the caller; of all others only the code leaves the process. */
const PUBLIC_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'commit.outcome_unknown',
  'host.draining',
  'event.unsupported_version',
]);

/** A refusal as RFC 9457 has it. Never tells what a server fault was about: that is in the log, under the request id. */
export function problemOf(error: MaestroError, requestId: string): Problem {
  const { status, retryable, title } = ERROR_CATALOGUE[error.code];
  const hidden = status >= 500 && !PUBLIC_FAULTS.has(error.code);
  return {
    type: `/errors/${error.code}`,
    title,
    status,
    detail: hidden ? hiddenDetail(retryable, requestId) : error.message,
    code: error.code,
    retryable,
    instance: requestId,
    ...(error.details.length > 0 && !hidden ? { errors: [...error.details] } : {}),
  };
}

function hiddenDetail(retryable: boolean, requestId: string): string {
  return retryable
    ? 'a part that is needed does not answer at the moment; try again'
    : `the log has the cause under request ${requestId}`;
}

/** Headers that belong to a refusal, beside its content type. */
export function problemHeaders(error: MaestroError): Readonly<Record<string, string>> {
  if (error.status === 401) {
    const reason = error.code === 'auth.missing' ? '' : ', error="invalid_token"';
    return { 'www-authenticate': `Bearer realm="maestro"${reason}` };
  }
  if (error.code === 'auth.forbidden') {
    return { 'www-authenticate': 'Bearer realm="maestro", error="insufficient_scope"' };
  }
  return error.retryable ? { 'retry-after': '1' } : {};
}
