import { get } from 'node:http';

/** Status and body of a small local answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** GETs a local address on a fresh connection; rejects when there is no whole answer in `timeoutMs`. */
export async function httpGet(
  url: string,
  timeoutMs = 2_000,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  return await new Promise((resolve, reject) => {
    const request = get(
      url,
      { agent: false, headers, signal: AbortSignal.timeout(timeoutMs) },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') });
        });
      },
    );
    request.on('error', reject);
  });
}
