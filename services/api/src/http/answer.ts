import type { ContinuationRef } from '@maestro/core';
import type { ServerResponse } from 'node:http';

/** What a handler answers. */
export interface Answer {
  readonly status: number;
  /** A value to be written as JSON; a string is JSON text, or whatever `contentType` says, already, and so are bytes. */
  readonly body?: unknown;
  /** @default application/json; charset=utf-8 */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The continuation that it is about, where the path does not say. */
  readonly about?: string;
  /** The continuation that the request has started, whose trace is the request's. */
  readonly began?: ContinuationRef;
}

/** Writes an answer as a whole. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  const { status, body, contentType = 'application/json; charset=utf-8', headers } = answer;
  if (body === undefined) {
    response.writeHead(status, { ...headers }).end();
    return;
  }
  // As a string, not as bytes: head and body then leave in one write.
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response
    .writeHead(status, { 'content-type': contentType, 'content-length': length, ...headers })
    .end(text);
}
