import { MaestroError } from '@maestro/core';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiOptions } from './api-options.ts';
import { createApi } from './create-api.ts';

/** A cursor may have 12,000 characters, a token of an identity provider some thousands. */
const MAX_HEADER_BYTES = 32 * 1024;
/** How long a request may take to arrive, in ms: headers, and with its body. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 60_000;

/** Where to listen. */
export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How long requests under way may take after a close, in ms. @default 10000 */
  readonly graceMs?: number;
}

/** A listening API. */
export interface ServedApi {
  /** `http://host:port`. */
  readonly url: string;
  /** Stops listening, closes live streams, lets requests under way finish. */
  close(): Promise<void>;
}

/**
 * Serves the API.
 *
 * @throws MaestroError `config.invalid` when the address cannot be listened on.
 */
export async function serveApi(
  options: Omit<ApiOptions, 'stopping'>,
  { host, port, graceMs = 10_000 }: ServeOptions,
): Promise<ServedApi> {
  const stopping = new AbortController();
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS },
    createApi({ ...options, stopping: stopping.signal }),
  );
  // Longer than the idle time of the usual load balancers, so that it is never the server that closes first.
  server.keepAliveTimeout = 75_000;
  await listen(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      stopping.abort();
      await closed(server, graceMs);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new MaestroError('config.invalid', `MAESTRO_API_PORT: cannot listen on ${host}:${port}`, {
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

/** Ends a server: what is under way may finish for a while, then its connections are cut. */
export async function closed(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  // A kept-alive connection is closed as soon as its last request has ended.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(cut);
  clearInterval(sweep);
}
