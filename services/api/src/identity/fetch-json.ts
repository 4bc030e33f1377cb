import { MaestroError, jsonOrUndefined } from '@maestro/core';

/** The largest answer of an identity provider, in bytes: key sets have a few kilobytes for each key. */
const MAX_BYTES = 256 * 1024;

/**
 * Fetches JSON from an identity provider. Follows no redirect and reads no more than 256 KiB.
 *
 * @throws MaestroError `auth.unavailable`, naming the address.
 */
export async function fetchJson(url: string, timeoutMs: number): Promise<unknown> {
  const text = await fetchText(url, timeoutMs).catch((error: unknown) => {
    throw error instanceof MaestroError ? error : unavailable(url, 'does not answer', error);
  });
  const value = jsonOrUndefined(text);
  if (value === undefined) throw unavailable(url, 'answered no JSON');
  return value;
}

async function fetchText(url: string, timeoutMs: number): Promise<string> {
  const response = await fetch(url, {
    // Who could move the keys elsewhere could sign anything.
    redirect: 'manual',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const { status, body } = response;
  if (status !== 200 || !body) {
    await body?.cancel();
    throw unavailable(url, `answered ${status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw unavailable(url, `answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** That an identity provider cannot be asked. */
export function unavailable(issuer: string, why: string, cause?: unknown): MaestroError {
  return new MaestroError('auth.unavailable', `${issuer} ${why}`, { cause });
}
