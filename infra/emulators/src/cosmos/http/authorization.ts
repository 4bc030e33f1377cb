import { createHmac, timingSafeEqual } from 'node:crypto';
import { CosmosError } from '../cosmos-error.ts';
import type { CosmosRequest } from './cosmos-request.ts';

const REFUSAL =
  "The input authorization token can't serve the request. The wrong key is being used or the expected payload is not built as per the protocol.";

/** The resource type and link that the client signs: those of the resource, or of the parent of a feed. */
function signedResource(parts: readonly string[]): { type: string; link: string } {
  const feed = parts.length % 2 === 1;
  const type = (feed ? parts.at(-1) : parts.at(-2)) ?? '';
  return { type, link: (feed ? parts.slice(0, -1) : parts).join('/') };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Checks the signature of requests with the account's master key. */
export class Authorization {
  readonly #key: Buffer;

  /** @param key - the master key, base64 */
  constructor(key: string) {
    this.#key = Buffer.from(key, 'base64');
  }

  /** Throws a 401 when the signature is missing or was not made with the key. The age of the date is not checked. */
  check(request: CosmosRequest): void {
    const header = request.header('authorization');
    const date = request.header('x-ms-date') ?? request.header('date');
    if (header === undefined || date === undefined) {
      throw new CosmosError(
        401,
        'Required Header authorization or x-ms-date is missing. Ensure a valid Authorization token is passed.',
      );
    }
    const [, signature] = /^type=master&ver=1\.0&sig=(.+)$/.exec(unescaped(header)) ?? [];
    if (signature === undefined) throw new CosmosError(401, REFUSAL);
    const given = Buffer.from(signature, 'base64');
    // SDKs sign the link as the application wrote it; ids that need escaping arrive escaped.
    const links = new Set([request.segments.join('/'), request.rawPath]);
    for (const link of links) {
      if (this.#signs(given, request.method, signedResource(link.split('/')), date)) return;
    }
    throw new CosmosError(401, REFUSAL);
  }

  #signs(
    given: Buffer,
    method: string,
    { type, link }: { readonly type: string; readonly link: string },
    date: string,
  ): boolean {
    const text = `${method.toLowerCase()}\n${type.toLowerCase()}\n${link}\n${date.toLowerCase()}\n\n`;
    const wanted = createHmac('sha256', this.#key).update(text).digest();
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  }
}
