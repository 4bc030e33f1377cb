import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** A proxy in front of a state store, in this process, that can refuse what is asked of it, or be away, for a while. */
export interface FaultProxy {
  readonly port: number;
  /** Refuses every request about rows from now on for so long, in ms. */
  throttle(ms: number): void;
  /** How many requests were refused so far. */
  readonly refused: number;
  /** Drops every connection from now on for so long, in ms; what had reached the store is done, and its answer lost. */
  cutOff(ms: number): void;
  stop(): Promise<void>;
}

/** What a throttled request is answered. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The paths that are refused. @default all */
  readonly paths?: RegExp;
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

/** The answer of Cosmos DB to a request about items beyond the request units of a container ("HTTP status codes for Azure Cosmos DB"). */
export const COSMOS_THROTTLED: Refusal = {
  status: 429,
  headers: {
    'content-type': 'application/json',
    'x-ms-substatus': '3200',
    'x-ms-retry-after-ms': '1000',
  },
  body: JSON.stringify({
    code: 'TooManyRequests',
    message: 'Request rate is large. More Request Units may be needed, so no changes were made.',
  }),
  paths: /\/docs(\/|$)/,
};

/** Both sides are closed by then, whatever came of it. */
const ended = (): void => undefined;

/** Starts a proxy on 127.0.0.1 in front of a server of this machine. */
export async function startFaultProxy(target: number, refusal: Refusal): Promise<FaultProxy> {
  let throttledUntil = 0;
  let awayUntil = 0;
  let refused = 0;
  const server = createServer((request, response) => {
    const meant = refusal.paths?.test(request.url ?? '') ?? true;
    if (meant && performance.now() < throttledUntil) {
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
        pipeline(answer, response, ended);
      },
    );
    forwarded.on('error', () => response.destroy());
    // One that is cut off half way is cut off towards the store too; one that has been sent is done.
    pipeline(request, forwarded, ended);
  });
  server.on('connection', (socket) => {
    if (performance.now() < awayUntil) socket.destroy();
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
    cutOff: (ms) => {
      awayUntil = performance.now() + ms;
      server.closeAllConnections();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
