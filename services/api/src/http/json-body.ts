import { MaestroError } from '@maestro/core';
import type { IncomingMessage } from 'node:http';

/** The largest body, in bytes, unless a route takes larger ones. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** How deep a body may be nested: deeper ones would exhaust the stack of whoever walks them. */
const MAX_DEPTH = 64;

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads a JSON body.
 *
 * @throws MaestroError `request.unsupported_media_type`, `request.too_large`, `request.malformed` or `request.invalid`.
 */
export async function readJsonBody(
  request: IncomingMessage,
  maxBytes = MAX_BODY_BYTES,
): Promise<unknown> {
  checkMediaType(request);
  const text = await readText(request, maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MaestroError('request.malformed', 'the body cannot be parsed as JSON');
  }
  checkStorable(value, MAX_DEPTH);
  return value;
}

function checkMediaType({ headers }: IncomingMessage): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset);
  if (type.trim() !== 'application/json' || !isUtf8) {
    throw new MaestroError(
      'request.unsupported_media_type',
      'send the body as Content-Type: application/json, in UTF-8',
    );
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new MaestroError(
      'request.unsupported_media_type',
      'send the body without Content-Encoding',
    );
  }
}

async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      // The rest is read and dropped, so that the answer is not lost in a reset connection.
      request.off('data', onData).resume();
      reject(tooLarge(maxBytes));
    };
    const incomplete = (): void => {
      if (!request.complete) reject(new MaestroError('request.malformed', 'the body ended early'));
    };
    request.on('data', onData);
    request.once('end', resolve);
    request.once('error', incomplete);
    request.once('close', incomplete);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks, length));
  } catch {
    throw new MaestroError('request.malformed', 'the body is not UTF-8');
  }
}

function tooLarge(maxBytes: number): MaestroError {
  return new MaestroError(
    'request.too_large',
    `a body may have at most ${maxBytes} bytes; put large values elsewhere and refer to them`,
  );
}

/**
 * What parses as JSON but cannot be stored and read back as the same: nested too deep,
 * broken Unicode, numbers beyond a double, `__proto__`.
 */
function checkStorable(value: unknown, depthLeft: number): void {
  if (typeof value === 'string') {
    if (LONE_SURROGATE.test(value)) throw invalid('a text holds half of a surrogate pair');
    return;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw invalid('a number is too large for a double');
  }
  if (typeof value !== 'object' || value === null) return;
  if (depthLeft === 0) throw invalid(`the body is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) {
    for (const item of value) checkStorable(item, depthLeft - 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__')
      throw new MaestroError('request.unprocessable', '__proto__ cannot be a name');
    if (LONE_SURROGATE.test(key)) throw invalid('a name holds half of a surrogate pair');
    checkStorable(item, depthLeft - 1);
  }
}

function invalid(message: string): MaestroError {
  return new MaestroError('request.invalid', message);
}
