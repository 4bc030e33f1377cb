import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { Connection, Client } from '@temporalio/client';
import { pgInit, pgSql, pgStart, port, retry, sleep } from './lib.mjs';

const bin = (n) =>
  path.join(
    process.env.PEERS_TEMPORAL_BIN ?? path.join(process.env.PEERS_HOME, 'temporal-go/bin'),
    n,
  );
const P = (ctx) =>
  Object.fromEntries(
    Object.entries({
      pg: 28432,
      fe: 28233,
      feh: 28243,
      fem: 28933,
      ma: 28235,
      mam: 28935,
      hi: 28234,
      him: 28934,
      wo: 28239,
      wom: 28939,
    }).map(([k, v]) => [k, v + ctx.base]),
  );

const svc = (g, m, h) => `
    rpc: {grpcPort: ${g}, membershipPort: ${m}, bindOnLocalHost: true${h ? `, httpPort: ${h}` : ''}}`;

function config(ctx) {
  const p = P(ctx);
  // The settings of the server's own development-sqlite-file.yaml and development-postgres12.yaml.
  const sqlite = `
      sql:
        pluginName: "sqlite"
        databaseName: "${path.join(ctx.data, 'temporal.db')}"
        connectAddr: "localhost"
        connectProtocol: "tcp"
        connectAttributes: {cache: "private", setup: true, journal_mode: wal, synchronous: 2}
        maxConns: 1
        maxIdleConns: 1
        maxConnLifetime: "1h"`;
  const pg = (db, n) => `
      sql:
        pluginName: "postgres12"
        databaseName: "${db}"
        connectAddr: "127.0.0.1:${p.pg}"
        connectProtocol: "tcp"
        user: "postgres"
        password: ""
        maxConns: ${n}
        maxIdleConns: ${n}
        maxConnLifetime: "1h"`;
  const isPg = ctx.variant.startsWith('pg');
  return `log: {stdout: true, level: warn}
persistence:
  defaultStore: main
  visibilityStore: vis
  numHistoryShards: ${isPg ? 4 : 1}
  datastores:
    main:${isPg ? pg('temporal', 20) : sqlite}
    vis:${isPg ? pg('temporal_visibility', 2) : sqlite}
global:
  membership: {maxJoinDuration: 30s, broadcastAddress: "127.0.0.1"}
services:
  frontend:${svc(p.fe, p.fem, p.feh)}
  matching:${svc(p.ma, p.mam)}
  history:${svc(p.hi, p.him)}
  worker:${svc(p.wo, p.wom)}
clusterMetadata:
  enableGlobalNamespace: false
  failoverVersionIncrement: 10
  masterClusterName: "active"
  currentClusterName: "active"
  clusterInformation:
    active: {enabled: true, initialFailoverVersion: 1, rpcName: "frontend", rpcAddress: "localhost:${p.fe}", httpAddress: "localhost:${p.feh}"}
dcRedirectionPolicy: {policy: "noop"}
dynamicConfigClient:
  filepath: "${path.join(ctx.data, 'dynamic.yaml')}"
  pollInterval: "60s"
`;
}

export const peer = {
  async init(ctx) {
    fs.writeFileSync(path.join(ctx.data, 'server.yaml'), config(ctx));
    fs.writeFileSync(path.join(ctx.data, 'dynamic.yaml'), '{}\n');
    if (ctx.variant.startsWith('pg')) pgInit(path.join(ctx.data, 'pg'));
  },
  async servers(ctx, first) {
    const p = P(ctx);
    if (ctx.variant.startsWith('pg')) {
      await pgStart(ctx.procs, path.join(ctx.data, 'pg'), p.pg);
      if (first) {
        for (const [db, schema] of [
          ['temporal', 'temporal'],
          ['temporal_visibility', 'visibility'],
        ]) {
          pgSql(p.pg, `create database ${db}`);
          const t = (...a) =>
            execFileSync(
              bin('sql'),
              [
                '--plugin',
                'postgres12',
                '--ep',
                '127.0.0.1',
                '-p',
                String(p.pg),
                '-u',
                'postgres',
                '--db',
                db,
                ...a,
              ],
              { stdio: 'ignore' },
            );
          t('setup-schema', '-v', '0.0');
          t('update-schema', '--schema-name', `postgresql/v12/${schema}`);
        }
      }
    }
    ctx.procs.start('server', 'temporal-server', bin('server'), [
      '--config-file',
      path.join(ctx.data, 'server.yaml'),
      '--allow-no-auth',
      'start',
    ]);
    await retry('temporal frontend', 90000, () => port(p.fe));
    if (first) {
      const c = await Connection.connect({ address: `127.0.0.1:${p.fe}` });
      await retry(
        'namespace',
        60000,
        () =>
          c.workflowService
            .registerNamespace({
              namespace: 'default',
              workflowExecutionRetentionPeriod: { seconds: 86400 },
            })
            .catch((e) => {
              if (e.code !== 6) throw e;
            }),
        500,
      );
      await c.close();
    }
  },
  async worker(ctx) {
    const p = P(ctx);
    const start = () =>
      ctx.procs.start('worker', 'worker', process.execPath, ['worker.mjs'], {
        env: { ADDRESS: `127.0.0.1:${p.fe}`, NODE_ENV: 'production' },
      });
    let w = start();
    const c = await this.client(ctx);
    // The namespace is known everywhere only after a refresh; the worker ends if it asks too early.
    await retry(
      'first call',
      90000,
      async () => {
        if (w.exited) w = start();
        await c.submit('probe' + Date.now(), 100);
      },
      500,
    );
    if (w.exited) w = start();
    const log = path.join(ctx.procs.logDir, 'worker.log');
    await retry('worker', 60000, async () => {
      if (w.exited) {
        w = start();
        throw new Error('worker ended');
      }
      const n = fs.readFileSync(log, 'utf8').split('worker started').length - 1;
      if (n < (ctx.workers ?? 0) + 1) throw new Error('worker not started');
    });
    ctx.workers = fs.readFileSync(log, 'utf8').split('worker started').length - 1;
    await sleep(500);
    await c.close();
  },
  async client(ctx) {
    const connection = await Connection.connect({ address: `127.0.0.1:${P(ctx).fe}` });
    const client = new Client({ connection, namespace: 'default' });
    const wf = ctx.variant.endsWith('local') ? 'lifeLocal' : 'life';
    return {
      submit: (id, sleepMs) =>
        client.workflow.start(wf, { workflowId: id, taskQueue: 'peers', args: [sleepMs] }),
      completed: async (id) =>
        (await client.workflow.getHandle(id).describe()).status.name === 'COMPLETED',
      submitWaiter: (id) =>
        client.workflow.start('waiter', { workflowId: id, taskQueue: 'peers', args: [] }),
      signal: (id) => client.workflow.getHandle(id).signal('go'),
      close: () => connection.close(),
    };
  },
};
