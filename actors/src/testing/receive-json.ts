import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An endpoint that takes every JSON body until it is closed; `bodies` are these, each with its `url`. */
export async function receiveJson(): Promise<{
  readonly url: string;
  readonly bodies: unknown[];
  readonly close: () => void;
}> {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      bodies.push({ url: request.url, ...(JSON.parse(text) as object) });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    close: () => void server.close(),
  };
}
