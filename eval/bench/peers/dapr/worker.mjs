import { createRequire } from 'node:module';
import { ev, evAlways } from './lib.mjs';
const require = createRequire(import.meta.url);
const dapr = require('@dapr/dapr');

const step1 = async (_c, id) => {
  evAlways('step1', id);
};
const step2 = async (_c, id) => {
  evAlways('step2', id);
};
async function* life(ctx, { sleepMs }) {
  const id = ctx.getWorkflowInstanceId();
  ctx.setCustomStatus?.('running');
  yield ctx.callActivity('step1', id);
  ev('sleep', id);
  // The SDK: a Date is the due time, a number is seconds from now.
  yield ctx.createTimer(new Date(ctx.getCurrentUtcDateTime().getTime() + sleepMs));
  ev('wake', id);
  yield ctx.callActivity('step2', id);
  ctx.setCustomStatus?.('completed');
  ev('done', id);
  return 'completed';
}
async function* waiter(ctx) {
  const id = ctx.getWorkflowInstanceId();
  ev('waiting', id);
  yield ctx.waitForExternalEvent('go');
  ev('resumed', id);
  return 'completed';
}

if (process.env.KIND === 'workflow') {
  const { WorkflowRuntime } = dapr;
  const rt = new WorkflowRuntime({ daprHost: '127.0.0.1', daprPort: process.env.DAPR_GRPC });
  // @dapr/dapr 3.18.0 runs 10 work items at a time, queues 100 and DROPS the rest ("Work item queue full (100), dropping
  // work item"); the sidecar sends them again only on a new stream, so these workflows hang. PEERS_DAPR_QUEUE=100 is the default.
  rt.worker._maxQueueSize = Number(process.env.PEERS_DAPR_QUEUE ?? 1000000);
  console.info = () => {}; // the SDK's workflow worker logs every work item and takes no log level
  rt.registerActivityWithName('step1', step1)
    .registerActivityWithName('step2', step2)
    .registerWorkflowWithName('life', life)
    .registerWorkflowWithName('waiter', waiter);
  await rt.start();
  console.log('worker started');
} else {
  const { AbstractActor, DaprServer, CommunicationProtocolEnum, Temporal } = dapr;
  const { Temporal: T } = Temporal ? { Temporal } : require('@js-temporal/polyfill');
  class Life extends AbstractActor {
    async start({ sleepMs }) {
      const id = this.getActorId().getId(),
        sm = this.getStateManager();
      await sm.setState('life', { state: 'running' });
      await sm.saveState(); // persisted before the first step, as in the other peers
      evAlways('step1', id);
      ev('sleep', id);
      await this.registerActorReminder(
        'wake',
        T.Duration.from({ milliseconds: sleepMs }).round({ largestUnit: 'seconds' }),
      );
    }
    async receiveReminder() {
      const id = this.getActorId().getId(),
        sm = this.getStateManager();
      ev('wake', id);
      evAlways('step2', id);
      await sm.setState('life', { state: 'completed' });
      await sm.saveState();
      ev('done', id);
    }
    async state() {
      const [ok, v] = await this.getStateManager().tryGetState('life');
      return ok ? v : {};
    }
    async wait() {
      const sm = this.getStateManager();
      await sm.setState('life', { state: 'waiting' });
      await sm.saveState();
      ev('waiting', this.getActorId().getId());
    }
    async signal() {
      const sm = this.getStateManager();
      const [, v] = await sm.tryGetState('life');
      if (v?.state !== 'waiting') throw new Error('not waiting');
      await sm.setState('life', { state: 'completed' });
      await sm.saveState();
      // Only now: in the other peers a signal is durable before the entity sees it, here only the saved state is.
      ev('resumed', this.getActorId().getId());
    }
  }
  const server = new DaprServer({
    serverHost: '127.0.0.1',
    serverPort: process.env.PORT,
    communicationProtocol: CommunicationProtocolEnum.HTTP,
    logger: { level: dapr.LogLevel.Warn },
    clientOptions: {
      daprHost: '127.0.0.1',
      daprPort: process.env.DAPR_HTTP,
      actor: {
        actorIdleTimeout: '1h',
        actorScanInterval: '30s',
        drainOngoingCallTimeout: '10s',
        drainRebalancedActors: false,
      },
    },
  });
  await server.actor.init();
  await server.actor.registerActor(Life);
  await server.start();
  console.log('worker started');
}
