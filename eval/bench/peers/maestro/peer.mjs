// Maestro as it ships: components/local or components/postgres, the flags of infra/dapr, one application, one daprd.
import path from 'node:path';
import { actorClient, apiClient } from './clients.mjs';
import { pgInit, pgSql, pgStart, port, request, retry, sleep } from './lib.mjs';

const root = process.env.MAESTRO_ROOT;
const PORTS = {
  place: 28005,
  raft: 28201,
  placeHealth: 28191,
  sched: 28006,
  etcd: 28379,
  etcdPeer: 28380,
  schedHealth: 28192,
  pg: 28432,
  redis: 28433,
  http: 28500,
  grpc: 28001,
  int: 28002,
  app: 28400,
  api: 28480,
};
const P = (ctx) => Object.fromEntries(Object.entries(PORTS).map(([k, v]) => [k, v + ctx.base]));
const bin = (name) => path.join(process.env.PEERS_DAPR_BIN, name);
const flags = (all) => Object.entries(all).map(([name, value]) => `--${name}=${value}`);
const viaApi = (ctx) => ctx.variant.startsWith('api');
const isPg = (ctx) => ctx.variant.endsWith('-pg');
const componentEnv = (ctx) => ({
  MAESTRO_SQLITE: path.join(ctx.data, 'state.db'),
  MAESTRO_BLOBS: path.join(ctx.data, 'blobs'),
  MAESTRO_POSTGRES: `postgres://postgres@127.0.0.1:${P(ctx).pg}/maestro?sslmode=disable`,
  MAESTRO_REDIS: `127.0.0.1:${P(ctx).redis}`,
  DAPR_HOST_IP: '127.0.0.1',
});

const both = (health) => ({
  'listen-address': '127.0.0.1',
  'healthz-listen-address': '127.0.0.1',
  'healthz-port': health,
  'enable-metrics': false,
  'log-level': 'warn',
});

async function startDatabases(ctx, first) {
  const p = P(ctx);
  const pgData = path.join(ctx.data, 'pg');
  if (first) pgInit(pgData);
  await pgStart(ctx.procs, pgData, p.pg);
  if (first) pgSql(p.pg, 'create database maestro');
  // Its pub/sub component wants one; events stay in the process, so it idles.
  const redis = ['--port', p.redis, '--bind', '127.0.0.1', '--save', '', '--dir', ctx.data];
  ctx.procs.start('server', 'redis', 'redis-server', redis.map(String));
  await retry('redis', 10000, () => port(p.redis));
}

export const peer = {
  async init() {},
  async servers(ctx, first) {
    const p = P(ctx);
    if (isPg(ctx)) await startDatabases(ctx, first);
    const options = { cwd: ctx.data, env: { DAPR_HOST_IP: '127.0.0.1' } };
    const placement = flags({
      port: p.place,
      'initial-cluster': `dapr-placement-0=127.0.0.1:${p.raft}`,
      ...both(p.placeHealth),
    });
    const scheduler = flags({
      port: p.sched,
      'override-broadcast-host-port': `127.0.0.1:${p.sched}`,
      'etcd-data-dir': path.join(ctx.data, 'scheduler'),
      'etcd-client-listen-address': '127.0.0.1',
      'etcd-client-port': p.etcd,
      'etcd-initial-cluster': `dapr-scheduler-server-0=http://127.0.0.1:${p.etcdPeer}`,
      ...both(p.schedHealth),
    });
    ctx.procs.start('server', 'placement', bin('placement'), placement, options);
    ctx.procs.start('server', 'scheduler', bin('scheduler'), scheduler, options);
    for (const health of [p.placeHealth, p.schedHealth])
      await retry('control plane', 60000, () =>
        request('GET', `http://127.0.0.1:${health}/healthz`),
      );
  },
  async worker(ctx) {
    const p = P(ctx);
    const service = viaApi(ctx) ? 'standalone' : 'worker';
    const set = path.join(root, 'components', isPg(ctx) ? 'postgres' : 'local');
    ctx.procs.start(
      'worker',
      'worker',
      process.execPath,
      [path.join(root, 'services', service, 'dist/main.js')],
      {
        env: {
          ...componentEnv(ctx),
          NODE_ENV: 'production',
          APP_ID: 'maestro',
          APP_PORT: String(p.app),
          DAPR_HTTP_PORT: String(p.http),
          DAPR_GRPC_PORT: String(p.grpc),
          MAESTRO_API_PORT: String(p.api),
          MAESTRO_ENV: 'development',
          MAESTRO_DATA_DIR: ctx.data,
          MAESTRO_DEV_KEY_FILE: path.join(ctx.data, 'dev-key.json'),
          MAESTRO_LOG_LEVEL: 'warn',
          MAESTRO_RECIPES: path.join(root, 'eval/bench/peers/maestro/recipes.mjs'),
        },
      },
    );
    await retry('worker', 60000, () => port(p.app));
    const daprd = flags({
      'app-id': 'maestro',
      'app-port': p.app,
      'app-channel-address': '127.0.0.1',
      'dapr-listen-addresses': '127.0.0.1',
      'dapr-http-port': p.http,
      'dapr-grpc-port': p.grpc,
      'dapr-internal-grpc-listen-address': '127.0.0.1',
      'dapr-internal-grpc-port': p.int,
      'placement-host-address': `127.0.0.1:${p.place}`,
      'scheduler-host-address': `127.0.0.1:${p.sched}`,
      'max-body-size': '16Mi',
      'enable-metrics': false,
      'enable-profiling': false,
      'enable-app-health-check': true,
      'app-health-check-path': '/healthz',
      'app-health-probe-interval': 1,
      'app-health-probe-timeout': 500,
      'app-health-threshold': 3,
      'log-level': 'warn',
      'resources-path': set,
      config: path.join(set, 'configuration.yaml'),
    });
    ctx.procs.start('server', 'daprd', bin('daprd'), daprd, {
      cwd: ctx.data,
      env: componentEnv(ctx),
    });
    await retry('daprd', 60000, () => request('GET', `http://127.0.0.1:${p.http}/v1.0/healthz`));
    // Ready when a first call gets through (placement's table, the actor type).
    const client = await retry('client', 30000, () => this.client(ctx));
    await retry('first call', 90000, () => client.submit(`probe${Date.now()}`, 100), 300);
    await sleep(300);
  },
  client: (ctx) =>
    viaApi(ctx)
      ? apiClient(P(ctx).api, path.join(ctx.data, 'dev-key.json'))
      : actorClient(P(ctx).http),
};
