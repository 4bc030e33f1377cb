import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { ev, evAlways } from './lib.mjs';

Runtime.install({ logger: new DefaultLogger('WARN') });
const connection = await NativeConnection.connect({ address: process.env.ADDRESS });
const worker = await Worker.create({
  connection,
  namespace: 'default',
  taskQueue: 'peers',
  workflowsPath: fileURLToPath(new URL('./workflows.mjs', import.meta.url)),
  activities: {
    step1: async (id) => {
      evAlways('step1', id);
    },
    step2: async (id) => {
      evAlways('step2', id);
    },
  },
  // Sinks run on the main thread right after the workflow task in which they were called.
  sinks: { log: { ev: { fn: (_info, kind, id) => ev(kind, id), callDuringReplay: false } } },
});
console.log('worker started');
await worker.run();
