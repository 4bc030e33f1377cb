import { ev, evAlways } from './lib.mjs';
import { polyfill } from './node20.mjs';

// Before the SDK is loaded.
polyfill();
const restate = await import('@restatedev/restate-sdk');

const life = restate.workflow({
  name: 'life',
  handlers: {
    run: async (ctx, { sleepMs }) => {
      const id = ctx.key;
      ctx.set('state', 'running');
      await ctx.run('step1', () => {
        evAlways('step1', id);
      });
      ev('sleep', id);
      await ctx.sleep(sleepMs);
      ev('wake', id);
      await ctx.run('step2', () => {
        evAlways('step2', id);
      });
      ctx.set('state', 'completed');
      ev('done', id);
    },
    state: async (ctx) => (await ctx.get('state')) ?? null,
  },
});
const waiter = restate.workflow({
  name: 'waiter',
  handlers: {
    run: async (ctx) => {
      const id = ctx.key;
      ctx.set('state', 'waiting');
      ev('waiting', id);
      await ctx.promise('go');
      ev('resumed', id);
      ctx.set('state', 'completed');
    },
    signal: async (ctx) => {
      await ctx.promise('go').resolve('go');
    },
  },
});
restate.serve({ services: [life, waiter], port: Number(process.env.PORT) });
