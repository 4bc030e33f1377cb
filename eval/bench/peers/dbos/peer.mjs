import path from 'node:path';
import { pgInit, pgSql, pgStart, port, request, retry } from './lib.mjs';

const P = (ctx) => ({ pg: 16432 + ctx.base, http: 16480 + ctx.base });
export const peer = {
  async init(ctx) {
    pgInit(path.join(ctx.data, 'pg'));
  },
  async servers(ctx, first) {
    const p = P(ctx);
    await pgStart(ctx.procs, path.join(ctx.data, 'pg'), p.pg);
    if (first) pgSql(p.pg, 'create database dbos_sys');
  },
  async worker(ctx) {
    const p = P(ctx);
    ctx.procs.start('worker', 'worker', process.execPath, ['worker.mjs'], {
      env: {
        PORT: String(p.http),
        DB_URL: `postgresql://postgres@127.0.0.1:${p.pg}/dbos_sys`,
        NODE_ENV: 'production',
      },
    });
    await retry('worker', 60000, () => port(p.http));
  },
  async client(ctx) {
    const u = `http://127.0.0.1:${P(ctx).http}`;
    return {
      submit: (id, sleepMs) => request('POST', `${u}/life/${id}/${sleepMs}`),
      completed: async (id) => (await request('GET', `${u}/state/${id}`)) === 'SUCCESS',
      submitWaiter: (id) => request('POST', `${u}/waiter/${id}`),
      signal: (id) => request('POST', `${u}/signal/${id}`),
    };
  },
};
