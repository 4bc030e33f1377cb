import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of a server, in this process, that can refuse everything for a while. */
export interface ThrottlingProxy {
  readonly port: number;
  /** Refuses every request from now on for so long, in ms. */
  throttle(ms: number): void;
  /** How many requests were refused. */
  readonly refused: number;
  stop(): Promise<void>;
}

/** What a throttled request is answered. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** DynamoDB's answer beyond the throughput of a table (Amazon DynamoDB developer guide, "Error handling"). */
export const DYNAMODB_THROTTLED: Refusal = {
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  }),
};

/** Starts a proxy on 127.0.0.1 in front of a server of this machine. */
export async function startThrottlingProxy(
  target: number,
  refusal: Refusal,
): Promise<ThrottlingProxy> {
  let throttledUntil = 0;
  let refused = 0;
  const server = createServer((request, response) => {
    if (performance.now() < throttledUntil) {
      refused++;
      request.resume();
      response.writeHead(refusal.status, refusal.headers).end(refusal.body);
      return;
    }
    const { method, url, headers } = request;
    const forwarded = httpRequest(
      { host: '127.0.0.1', port: target, method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    throttle: (ms) => {
      throttledUntil = performance.now() + ms;
    },
    get refused() {
      return refused;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
