// DBOS is a library: the API that clients call is the application's own (here a bare node:http server).
import http from 'node:http';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { ev, evAlways } from './lib.mjs';

const life = DBOS.registerWorkflow(
  async (sleepMs) => {
    const id = DBOS.workflowID;
    await DBOS.setEvent('state', 'running');
    await DBOS.runStep(
      async () => {
        evAlways('step1', id);
      },
      { name: 'step1' },
    );
    ev('sleep', id);
    await DBOS.sleep(sleepMs);
    ev('wake', id);
    await DBOS.runStep(
      async () => {
        evAlways('step2', id);
      },
      { name: 'step2' },
    );
    await DBOS.setEvent('state', 'completed');
    ev('done', id);
  },
  { name: 'life' },
);
const waiter = DBOS.registerWorkflow(
  async () => {
    const id = DBOS.workflowID;
    await DBOS.setEvent('state', 'waiting');
    ev('waiting', id);
    await DBOS.recv('go', 600);
    ev('resumed', id);
    await DBOS.setEvent('state', 'completed');
  },
  { name: 'waiter' },
);

DBOS.setConfig({
  name: 'peers',
  systemDatabaseUrl: process.env.DB_URL,
  executorID: 'local',
  applicationVersion: '1',
  logLevel: 'warn',
  ...(process.env.DB_POOL ? { systemDatabasePoolSize: Number(process.env.DB_POOL) } : {}),
});
await DBOS.launch();
async function answer(req, res) {
  try {
    const [, what, id, arg] = req.url.split('/');
    let r = 'ok';
    if (what === 'life') await DBOS.startWorkflow(life, { workflowID: id })(Number(arg));
    else if (what === 'waiter') await DBOS.startWorkflow(waiter, { workflowID: id })();
    else if (what === 'signal') await DBOS.send(id, 'go', 'go');
    else if (what === 'state') r = (await DBOS.getWorkflowStatus(id))?.status ?? 'none';
    res.end(r);
  } catch (x) {
    res.statusCode = 500;
    res.end(String(x));
  }
}
const server = http.createServer((req, res) => void answer(req, res));
server.keepAliveTimeout = 600000; // the default of 5 s closes idle connections under the bench client
server.listen(Number(process.env.PORT), '127.0.0.1');
