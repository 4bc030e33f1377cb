// How the bench client reaches Maestro: by the public API of the standalone service, or by actor calls through daprd.
import path from 'node:path';
import { evAlways, request } from './lib.mjs';

const root = process.env.MAESTRO_ROOT;
const TENANT = 'peers';
const life = (id, sleepMs) => ({ recipe: 'peer-life@1', parameters: { id, sleepMs } });
const waiter = (id) => ({ recipe: 'peer-waiter@1', parameters: { id } });
const goalOf = ({ recipe, parameters }) => ({
  objective: 'Measure one life',
  recipe,
  sensitivity: 'internal',
  parameters,
});

// A signal, the wake it causes, the step that follows and its completion are one commit here, and the answer comes after
// it. A line from inside the step would be before the commit, so 'resumed' is written when the answer is here.
async function written(kind, id, call) {
  const answer = await call;
  evAlways(kind, id);
  return answer;
}

export async function apiClient(port, keyFile) {
  const { mintDevToken } = await import(path.join(root, 'client/dist/dev-token/index.js'));
  const { deriveContinuationId } = await import(path.join(root, 'core/dist/index.js'));
  const token = await mintDevToken({ keyFile, tenant: TENANT, subject: 'bench' });
  const headers = { authorization: `Bearer ${token}` };
  const url = `http://127.0.0.1:${port}/continuations`;
  const at = (id) => `${url}/${deriveContinuationId(TENANT, id)}`;
  const start = (id, goal) =>
    request('POST', url, { goal: goalOf(goal) }, { ...headers, 'idempotency-key': id });
  const view = async (id) => JSON.parse(await request('GET', at(id), undefined, headers));
  return {
    submit: (id, sleepMs) => start(id, life(id, sleepMs)),
    completed: async (id) => (await view(id)).status === 'completed',
    describe: (id) => request('GET', at(id), undefined, headers).catch((x) => x.message),
    submitWaiter: (id) => written('waiting', id, start(id, waiter(id))),
    signal: (id) =>
      written(
        'resumed',
        id,
        request(
          'POST',
          `${at(id)}/signals`,
          { signal: 'go' },
          { ...headers, 'idempotency-key': id },
        ),
      ),
  };
}

export async function actorClient(port) {
  const { deriveContinuationId } = await import(path.join(root, 'core/dist/index.js'));
  const url = `http://127.0.0.1:${port}/v1.0`;
  const send = async (id, command) => {
    const actor = `${TENANT}.${deriveContinuationId(TENANT, id)}`;
    const text = await request(
      'PUT',
      `${url}/actors/Continuation/${actor}/method/command`,
      command,
    );
    const envelope = JSON.parse(text);
    if (!envelope.ok) throw new Error(JSON.stringify(envelope.error));
  };
  const by = { subject: 'bench' };
  const start = (id, goal) =>
    send(id, { kind: 'spawn', goal: goalOf(goal), requestedBy: by, requestHash: '0'.repeat(64) });
  const head = (id) => {
    const partition = `${TENANT}:${deriveContinuationId(TENANT, id)}`;
    const query = `consistency=strong&metadata.partitionKey=${encodeURIComponent(partition)}`;
    const key = encodeURIComponent(`${partition}:head`);
    return request('GET', `${url}/state/maestro-state/${key}?${query}`);
  };
  return {
    submit: (id, sleepMs) => start(id, life(id, sleepMs)),
    completed: async (id) => JSON.parse(JSON.parse(await head(id))).status === 'completed',
    describe: (id) => head(id).catch((x) => x.message),
    submitWaiter: (id) => written('waiting', id, start(id, waiter(id))),
    signal: (id) =>
      written('resumed', id, send(id, { kind: 'signal', signal: 'go', requestId: id, by })),
  };
}
