import express from 'express';
import { createHash } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';

/**
 * The least that a fenced log on virtual actors can be: arm the reminder over HTTP, then one transaction with
 * create-only, hash-chained entries and the head. No schemas, recipes, redaction, effects, publishing, leases or
 * recovery. What a life costs here is the floor that the product is compared with, in the same run on the same servers.
 */
const SLEEP_MS = 1000;
const appPort = Number(process.env['APP_PORT']);
const daprPort = Number(process.env['DAPR_HTTP_PORT']);
const agent = new Agent({ keepAlive: true, maxSockets: 128 });

interface Head {
  readonly sequence: number;
  readonly hash: string;
  readonly status: string;
}

const memory = new Map<string, Head>();
let completed = 0;

function call(method: string, path: string, body?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port: daprPort,
        method,
        path,
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (answer) => {
        let received = '';
        answer.on('data', (part: Buffer) => (received += part.toString()));
        answer.on('end', () => {
          if ((answer.statusCode ?? 500) < 300) resolve(received);
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${received}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

async function commit(id: string, head: Head | undefined, types: readonly string[]): Promise<Head> {
  let { sequence, hash } = head ?? { sequence: 0, hash: '' };
  const operations = types.map((type) => {
    sequence++;
    const event = { type, sequence, at: Date.now(), payload: { objective: 'Measure one life' } };
    hash = createHash('sha256')
      .update(hash + JSON.stringify(event))
      .digest('hex');
    const value = JSON.stringify({ ...event, hash });
    const key = `${id}:log:${String(sequence).padStart(12, '0')}`;
    const options = { concurrency: 'first-write' };
    return { operation: 'upsert', request: { key, value, options } };
  });
  const next = { sequence, hash, status: types.at(-1) ?? '' };
  const value = JSON.stringify(next);
  operations.push({
    operation: 'upsert',
    request: { key: `${id}:head`, value, options: { concurrency: 'last-write' } },
  });
  const metadata = { partitionKey: id };
  await call('POST', '/v1.0/state/maestro-state/transaction', { operations, metadata });
  memory.set(id, next);
  return next;
}

const app = express();
app.get('/healthz', (_request, response) => void response.json({}));
app.get('/dapr/config', (_request, response) => void response.json({ entities: ['Prototype'] }));
app.get('/metrics', (_request, response) => {
  response.type('text/plain');
  response.send(`maestro_events_committed_total{type="publish"} ${completed}\n`);
});
app.put('/actors/Prototype/:id/method/start', async (request, response) => {
  const { id } = request.params;
  const reminder = `/v1.0/actors/Prototype/${id}/reminders/wake`;
  await call('POST', reminder, { dueTime: `${SLEEP_MS}ms` });
  await commit(id, undefined, ['spawn', 'wake', 'step', 'sleep']);
  response.json({});
});
app.put('/actors/Prototype/:id/method/remind/wake', async (request, response) => {
  const { id } = request.params;
  await commit(id, memory.get(id), ['wake', 'step', 'publish']);
  completed++;
  response.json({});
});
app.delete('/actors/Prototype/:id', (request, response) => {
  memory.delete(request.params.id);
  response.json({});
});
app.listen(appPort, '127.0.0.1');
