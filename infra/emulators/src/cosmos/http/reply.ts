import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { CosmosError } from '../cosmos-error.ts';

/** An answer before it is written. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; none when left out. */
  readonly body?: string;
}

/** The answer to a refused request. */
export function refusal(error: CosmosError, activityId: string): Reply {
  const { substatus, retryAfterMs, additionalErrorInfo } = error.details;
  const text = JSON.stringify({ Errors: [error.message] });
  return {
    status: error.status,
    headers: {
      ...(substatus !== undefined && { 'x-ms-substatus': String(substatus) }),
      ...(retryAfterMs !== undefined && { 'x-ms-retry-after-ms': String(retryAfterMs) }),
    },
    body: JSON.stringify({
      code: error.code,
      message: `Message: ${text}\r\nActivityId: ${activityId}`,
      ...(additionalErrorInfo !== undefined && {
        additionalErrorInfo: JSON.stringify(additionalErrorInfo),
      }),
    }),
  };
}

/** The activity id of a request: the client's own, or a new one. */
export function activityIdOf(sent: string | undefined): string {
  return sent ?? randomUUID();
}

/** Writes an answer with the headers that every answer has. */
export function write(response: ServerResponse, reply: Reply, activityId: string): void {
  const headers: Record<string, string> = {
    'x-ms-activity-id': activityId,
    'x-ms-request-charge': '1',
    'x-ms-version': '2020-11-05',
    'x-ms-gatewayversion': 'version=2.14.0',
    'cache-control': 'no-store, no-cache',
    ...reply.headers,
  };
  if (reply.body === undefined) {
    if (reply.status !== 204 && reply.status !== 304) headers['content-length'] = '0';
    response.writeHead(reply.status, headers).end();
    return;
  }
  headers['content-type'] = 'application/json';
  headers['content-length'] = String(Buffer.byteLength(reply.body));
  response.writeHead(reply.status, headers).end(reply.body);
}
