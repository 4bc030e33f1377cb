import { EventEmitter, once } from 'node:events';
import { createServer, request, type ClientRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { COSMOS_THROTTLED, DYNAMODB_THROTTLED, startFaultProxy } from './fault-proxy.ts';

async function proxyWith(refusal: Parameters<typeof startFaultProxy>[1]) {
  const server = createServer((_request, response) => response.end('through'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await startFaultProxy((server.address() as AddressInfo).port, refusal);
  onTestFinished(async () => {
    await proxy.stop();
    server.close();
    server.closeAllConnections();
  });
  const status = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${proxy.port}${path}`)).status;
  return { proxy, status };
}

it('refuses and counts while it throttles, and lets everything through otherwise', async () => {
  const { proxy, status } = await proxyWith(DYNAMODB_THROTTLED);
  expect([await status('/'), proxy.refused]).toEqual([200, 0]);
  proxy.throttle(60_000);
  expect([await status('/'), proxy.refused]).toEqual([400, 1]);
  proxy.throttle(0);
  expect([await status('/'), proxy.refused]).toEqual([200, 1]);
});

it('drops connections while it is away, also those that wait for an answer', async () => {
  const slow = createServer(() => undefined);
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const proxy = await startFaultProxy((slow.address() as AddressInfo).port, DYNAMODB_THROTTLED);
  onTestFinished(async () => {
    await proxy.stop();
    slow.close();
    slow.closeAllConnections();
  });
  const reached = new Promise((done) => slow.once('request', done));
  const waiting = fetch(`http://127.0.0.1:${proxy.port}/`);
  await reached;
  proxy.cutOff(60_000);
  await expect(waiting).rejects.toThrow();
  await expect(fetch(`http://127.0.0.1:${proxy.port}/`)).rejects.toThrow();
  proxy.cutOff(0);
  slow.on('request', (_request, response) => response.end('back'));
  expect(await (await fetch(`http://127.0.0.1:${proxy.port}/`)).text()).toBe('back');
});

/** A proxy in front of a server that answers as told. */
async function proxyTo(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy = await startFaultProxy(port, DYNAMODB_THROTTLED);
  onTestFinished(async () => {
    await proxy.stop();
    server.close();
    server.closeAllConnections();
  });
  return proxy;
}

it('lets the store do what has been sent when it cuts off, and cuts off what is half sent', async () => {
  const seen = new EventEmitter();
  const proxy = await proxyTo((incoming, response) => {
    incoming.once('data', () => seen.emit('begun'));
    incoming.once('error', () => seen.emit('broken'));
    incoming.once('end', () => {
      seen.emit('whole');
      setTimeout(() => {
        response.once('close', () => seen.emit('closed', response.writableFinished));
        response.end('done');
      }, 50);
    });
  });
  const send = (): ClientRequest => {
    const sending = request({ port: proxy.port, host: '127.0.0.1', method: 'POST' });
    sending.on('error', () => undefined);
    sending.write('half');
    return sending;
  };
  const begun = once(seen, 'begun');
  send();
  await begun;
  const broken = once(seen, 'broken');
  proxy.cutOff(0);
  await broken;

  const [whole, closed] = [once(seen, 'whole'), once(seen, 'closed')];
  send().end();
  await whole;
  proxy.cutOff(0);
  expect(await closed).toEqual([true]);
});

it('cuts off the client when the store breaks off its answer', async () => {
  const proxy = await proxyTo((_incoming, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  const answer = fetch(`http://127.0.0.1:${proxy.port}/`).then((response) => response.text());
  await expect(answer).rejects.toThrow();
});

it('refuses of Cosmos DB what is about items alone, as the service does', async () => {
  const { proxy, status } = await proxyWith(COSMOS_THROTTLED);
  proxy.throttle(60_000);
  expect(await status('/')).toBe(200);
  expect(await status('/dbs/maestro/colls/continuations/pkranges')).toBe(200);
  expect(await status('/dbs/maestro/colls/continuations/docs')).toBe(429);
  expect(await status('/dbs/maestro/colls/continuations/docs/a')).toBe(429);
  expect(proxy.refused).toBe(2);
});
