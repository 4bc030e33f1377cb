import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of an API that sees every request and may keep an answer back. */
export interface CuttingProxy {
  readonly url: string;
  /** Bodies of the requests to store rows, in order. */
  readonly imports: readonly { readonly from: number }[];
  close(): Promise<void>;
}

/**
 * Starts a proxy.
 *
 * @param onImport called once the API has answered a request to store rows, with its count; true: the client never
 * gets the answer.
 */
export async function startCuttingProxy(
  apiUrl: string,
  onImport: (count: number) => boolean,
): Promise<CuttingProxy> {
  const imports: { from: number }[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const isImport = incoming.url?.endsWith('/import') === true;
      if (isImport) imports.push(JSON.parse(body.toString()) as { from: number });
      const { method, headers, url = '/' } = incoming;
      const onward = request(new URL(url, apiUrl), { method, headers }, (answer) => {
        if (isImport && onImport(imports.length)) {
          answer.resume();
          outgoing.destroy();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    imports,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
