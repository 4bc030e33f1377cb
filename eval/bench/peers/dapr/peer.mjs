import fs from 'node:fs';
import path from 'node:path';
import { pgInit, pgSql, pgStart, port, request, retry, sleep } from './lib.mjs';

// Below the range of ephemeral ports (a client's own port may otherwise sit on one of these).
const P = (ctx) =>
  Object.fromEntries(
    Object.entries({
      place: 27005,
      sched: 27006,
      etcd: 27379,
      etcdPeer: 27380,
      raft: 27201,
      pg: 27432,
      http: 27500,
      grpc: 27001,
      int: 27002,
      app: 27400,
      prof: 27777,
      h1: 27191,
      h2: 27192,
    }).map(([k, v]) => [k, v + ctx.base]),
  );
const bin = (n) =>
  path.join(process.env.PEERS_DAPR_BIN ?? path.join(process.env.PEERS_HOME, 'dapr-bin'), n);
export const peer = {
  async init(ctx) {
    const d = path.join(ctx.data, 'components');
    fs.mkdirSync(d);
    fs.writeFileSync(
      path.join(d, 'state.yaml'),
      `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: statestore}
spec:
${
  ctx.variant.endsWith('-pg')
    ? `  type: state.postgresql
  version: v2
  metadata:
  - {name: connectionString, value: "host=127.0.0.1 port=${P(ctx).pg} user=postgres dbname=dapr sslmode=disable"}`
    : `  type: state.sqlite
  version: v1
  metadata:
  - {name: connectionString, value: "${path.join(ctx.data, 'state.db')}"}
  - {name: busyTimeout, value: "${process.env.PEERS_DAPR_BUSY ?? '30s'}"}`
}
  - {name: actorStateStore, value: "true"}
`,
    );
    fs.writeFileSync(
      path.join(ctx.data, 'config.yaml'),
      `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: peers}
spec:
  tracing: {samplingRate: "0"}
`,
    );
  },
  async servers(ctx, first) {
    const p = P(ctx);
    if (ctx.variant.endsWith('-pg')) {
      if (first) pgInit(path.join(ctx.data, 'pg'));
      await pgStart(ctx.procs, path.join(ctx.data, 'pg'), p.pg);
      if (first) pgSql(p.pg, 'create database dapr');
    }
    const cwd = ctx.data;
    ctx.procs.start(
      'server',
      'placement',
      bin('placement'),
      [
        '--port',
        p.place,
        '--listen-address',
        '127.0.0.1',
        '--healthz-port',
        p.h1,
        '--healthz-listen-address',
        '127.0.0.1',
        '--enable-metrics=false',
        '--initial-cluster',
        `dapr-placement-0=127.0.0.1:${p.raft}`,
        '--log-level',
        'warn',
      ].map(String),
      { cwd },
    );
    ctx.procs.start(
      'server',
      'scheduler',
      bin('scheduler'),
      [
        '--port',
        p.sched,
        '--listen-address',
        '127.0.0.1',
        '--healthz-port',
        p.h2,
        '--healthz-listen-address',
        '127.0.0.1',
        '--enable-metrics=false',
        '--etcd-data-dir',
        path.join(ctx.data, 'etcd'),
        '--etcd-client-listen-address',
        '127.0.0.1',
        '--etcd-client-port',
        p.etcd,
        '--etcd-initial-cluster',
        `dapr-scheduler-server-0=http://127.0.0.1:${p.etcdPeer}`,
        '--override-broadcast-host-port',
        `127.0.0.1:${p.sched}`,
        '--log-level',
        'warn',
      ].map(String),
      { cwd },
    );
    await retry('placement', 30000, () => request('GET', `http://127.0.0.1:${p.h1}/healthz`));
    await retry('scheduler', 60000, () => request('GET', `http://127.0.0.1:${p.h2}/healthz`));
  },
  async worker(ctx) {
    const p = P(ctx);
    const wf = ctx.variant.startsWith('workflow');
    const daprd = () =>
      ctx.procs.start(
        'server',
        'daprd',
        bin('daprd'),
        [
          '--app-id',
          'peers',
          ...(wf ? [] : ['--app-port', p.app, '--app-protocol', 'http']),
          '--dapr-http-port',
          p.http,
          '--dapr-grpc-port',
          p.grpc,
          '--dapr-internal-grpc-port',
          p.int,
          '--profile-port',
          p.prof,
          '--enable-metrics=false',
          '--resources-path',
          path.join(ctx.data, 'components'),
          '--config',
          path.join(ctx.data, 'config.yaml'),
          '--placement-host-address',
          `127.0.0.1:${p.place}`,
          '--scheduler-host-address',
          `127.0.0.1:${p.sched}`,
          '--dapr-listen-addresses',
          '127.0.0.1',
          '--log-level',
          'warn',
        ].map(String),
        { cwd: ctx.data },
      );
    const app = () =>
      ctx.procs.start('worker', 'worker', process.execPath, ['worker.mjs'], {
        env: {
          KIND: wf ? 'workflow' : 'actor',
          PORT: String(p.app),
          DAPR_HTTP: String(p.http),
          DAPR_GRPC: String(p.grpc),
          DAPR_HTTP_PORT: String(p.http),
          DAPR_GRPC_PORT: String(p.grpc),
          NODE_ENV: 'production',
        },
      });
    if (wf) {
      daprd();
      await retry('daprd', 60000, () => request('GET', `http://127.0.0.1:${p.http}/v1.0/healthz`));
      app();
    } else {
      app();
      daprd();
      await retry('worker', 60000, () => port(p.app));
      await retry('daprd', 60000, () => request('GET', `http://127.0.0.1:${p.http}/v1.0/healthz`));
    }
    // Ready when a first call gets through (placement tables, work item stream).
    const c = await this.client(ctx);
    await retry('first call', 90000, () => c.submit('probe' + Date.now(), 100), 300);
    await sleep(300);
  },
  async client(ctx) {
    const u = `http://127.0.0.1:${P(ctx).http}/v1.0`;
    if (ctx.variant.startsWith('workflow')) {
      const w = `${u}/workflows/dapr`;
      return {
        submit: (id, sleepMs) => request('POST', `${w}/life/start?instanceID=${id}`, { sleepMs }),
        completed: async (id) =>
          JSON.parse(await request('GET', `${w}/${id}`)).runtimeStatus === 'COMPLETED',
        describe: (id) => request('GET', `${w}/${id}`).catch((x) => x.message),
        submitWaiter: (id) => request('POST', `${w}/waiter/start?instanceID=${id}`, {}),
        signal: (id) => request('POST', `${w}/${id}/raiseEvent/go`, {}),
      };
    }
    const a = `${u}/actors/Life`;
    return {
      submit: (id, sleepMs) => request('PUT', `${a}/${id}/method/start`, { sleepMs }),
      completed: async (id) =>
        JSON.parse(await request('GET', `${a}/${id}/state/life`)).state === 'completed',
      describe: (id) => request('GET', `${a}/${id}/state/life`).catch((x) => x.message),
      submitWaiter: (id) => request('PUT', `${a}/${id}/method/wait`, {}),
      signal: (id) => request('PUT', `${a}/${id}/method/signal`, {}),
    };
  },
};
