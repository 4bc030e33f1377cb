import { expect, it } from 'vitest';
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.ts';

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
  });
  const messages: ServerSentEvent[] = [];
  for await (const message of readServerSentEvents(body)) messages.push(message);
  return messages;
}

it('reads messages and leaves comments and hints out', async () => {
  const messages = await read(
    'retry: 1000\n\n: heartbeat\n\nid: 1\nevent: spawn\ndata: {"a":1}\n\ndata: x\n\n',
  );
  expect(messages).toEqual([
    { id: '1', event: 'spawn', data: '{"a":1}' },
    { event: 'message', data: 'x' },
  ]);
});

it('puts together what arrives in pieces, also in the middle of a character', async () => {
  const bytes = new TextEncoder().encode('id: 7\ndata: grün\n\n');
  const pieces = Array.from(bytes, (byte) => new Uint8Array([byte]));
  expect(await read(...pieces)).toEqual([{ id: '7', event: 'message', data: 'grün' }]);
});

it('joins data lines, takes carriage returns, and drops what is incomplete', async () => {
  expect(await read('data: a\r\ndata: b\r\n\r\ndata: lost')).toEqual([
    { event: 'message', data: 'a\nb' },
  ]);
});
