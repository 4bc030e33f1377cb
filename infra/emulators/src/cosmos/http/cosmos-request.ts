import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { badRequest, CosmosError } from '../cosmos-error.ts';
import type { Json } from '../json.ts';

/** The most bytes of a request's body. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** A request with its whole body. */
export interface CosmosRequest {
  readonly method: string;
  /** The decoded parts of the path, e.g. `dbs`, `a`, `colls`, `b`. */
  readonly segments: readonly string[];
  /** The path as it was sent, without the slashes around it. */
  readonly rawPath: string;
  readonly body: Buffer;
  /** A header; undefined when it was not sent. */
  header(name: string): string | undefined;
  /** Whether a header says true, in whatever case. */
  isSet(name: string): boolean;
  /** The body as JSON; throws a 400 or 413. */
  json(): Json;
}

function decoded(rawPath: string): string[] {
  try {
    return rawPath === '' ? [] : rawPath.split('/').map(decodeURIComponent);
  } catch {
    throw badRequest('The path is not well encoded');
  }
}

/** Reads a request to its end. */
export async function readRequest(message: IncomingMessage): Promise<CosmosRequest> {
  const { headers, method = 'GET', url = '/' } = message;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is too much is read and thrown away, so that the client gets the answer and not a reset.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw new CosmosError(413, 'Request size is too large');
  const [path = ''] = url.split('?');
  const rawPath = path.replace(/^\/+|\/+$/g, '');
  const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  return {
    method,
    segments: decoded(rawPath),
    rawPath,
    body,
    header: (name) => headerOf(headers, name),
    isSet: (name) => headerOf(headers, name)?.toLowerCase() === 'true',
    json: () => {
      try {
        return JSON.parse(body.toString('utf8')) as Json;
      } catch {
        throw badRequest('The input content is not valid JSON');
      }
    },
  };
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join() : value;
}
