import { SidecarHttp } from '@maestro/actors';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { ReadRows } from '../api-options.ts';
import { readAcross } from './read-across.ts';

let server: Server | undefined;
let http: SidecarHttp | undefined;
afterEach(async () => {
  await http?.close();
  server?.close();
});

/** A sidecar whose state component is of a type; it has none as long as there is no type. */
async function sidecar(typeOf: () => string | undefined): Promise<{
  readonly readRows: ReadRows;
  readonly asked: string[];
}> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    const type = typeOf();
    const components = type === undefined ? [] : [{ name: 'maestro-state', type }];
    const body = request.method === 'POST' ? [{ key: 'b', data: 'of b' }] : { components };
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  http = new SidecarHttp((server.address() as AddressInfo).port);
  return {
    readRows: readAcross(http, 'maestro-state', { stateComponent: async () => undefined }),
    asked,
  };
}

it.each(['state.sqlite', 'state.postgresql'])('reads at once where it can: %s', async (type) => {
  const { readRows, asked } = await sidecar(() => type);
  expect(await readRows(['a', 'b'])).toEqual([undefined, 'of b']);
  await readRows(['a', 'b']);
  const bulk = 'POST /v1.0/state/maestro-state/bulk';
  expect(asked).toEqual(['GET /v1.0/metadata', bulk, bulk]);
});

it.each(['state.azure.cosmosdb', 'state.aws.dynamodb', 'state.other'])(
  'leaves it to others where it cannot: %s',
  async (type) => {
    const { readRows, asked } = await sidecar(() => type);
    expect(await readRows(['a', 'b'])).toBeUndefined();
    expect(await readRows(['a', 'b'])).toBeUndefined();
    expect(asked).toEqual(['GET /v1.0/metadata']);
  },
);

it('asks again for a component that is not there yet', async () => {
  let type: string | undefined;
  const { readRows } = await sidecar(() => type);
  expect(await readRows(['b'])).toBeUndefined();
  type = 'state.sqlite';
  expect(await readRows(['b'])).toEqual(['of b']);
});
