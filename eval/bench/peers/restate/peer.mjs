import fs from 'node:fs';
import path from 'node:path';
import { port, request, retry } from './lib.mjs';

const P = (ctx) => ({
  ingress: 18080 + ctx.base,
  admin: 19070 + ctx.base,
  node: 15122 + ctx.base,
  worker: 19080 + ctx.base,
});
export const peer = {
  async init(ctx) {
    const p = P(ctx);
    // Only addresses, directories and telemetry differ from the server's defaults (write-ahead log with fsync, replication 1).
    fs.writeFileSync(
      path.join(ctx.data, 'restate.toml'),
      `
node-name = "peers"
base-dir = "${path.join(ctx.data, 'restate')}"
listen-mode = "tcp"
bind-address = "127.0.0.1:${p.node}"
advertised-address = "http://127.0.0.1:${p.node}/"
disable-telemetry = true
log-filter = "warn"
[ingress]
bind-address = "127.0.0.1:${p.ingress}"
[admin]
bind-address = "127.0.0.1:${p.admin}"
`,
    );
  },
  async servers(ctx) {
    const p = P(ctx);
    const bin = path.resolve(
      `node_modules/@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
    );
    ctx.procs.start('server', 'restate-server', bin, [
      '--no-logo',
      '-c',
      path.join(ctx.data, 'restate.toml'),
    ]);
    await retry('restate admin', 60000, () => request('GET', `http://127.0.0.1:${p.admin}/health`));
    await retry('restate ingress', 60000, () =>
      request('GET', `http://127.0.0.1:${p.ingress}/restate/health`),
    );
  },
  async worker(ctx, first) {
    const p = P(ctx);
    ctx.procs.start('worker', 'worker', process.execPath, ['worker.mjs'], {
      env: { PORT: String(p.worker), NODE_ENV: 'production', RESTATE_LOGGING: 'WARN' },
    });
    await retry('worker', 30000, () => port(p.worker));
    if (first)
      await retry(
        'deployment',
        60000,
        () =>
          request('POST', `http://127.0.0.1:${p.admin}/deployments`, {
            uri: `http://127.0.0.1:${p.worker}`,
            force: true,
          }),
        500,
      );
  },
  async client(ctx) {
    const u = `http://127.0.0.1:${P(ctx).ingress}`;
    return {
      submit: (id, sleepMs) => request('POST', `${u}/life/${id}/run/send`, { sleepMs }),
      completed: async (id) =>
        JSON.parse(await request('POST', `${u}/life/${id}/state`)) === 'completed',
      submitWaiter: (id) => request('POST', `${u}/waiter/${id}/run/send`),
      signal: (id) => request('POST', `${u}/waiter/${id}/signal`),
    };
  },
};
