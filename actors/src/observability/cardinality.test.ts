import { complete, deriveContinuationId, MaestroError, type ErrorCode } from '@maestro/core';
import { expect, it } from 'vitest';
import { signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime } from '../testing/index.ts';
import { scripted, ticker, workerOf } from '../testing/sample-recipes.ts';
import { PrometheusObservability } from './prometheus-observability.ts';

/** Series that one process may show, whatever happens in it. Raise it knowingly: every worker has as many. */
const MAX_SERIES = 500;

const TENANTS = 200;
const SCRIPTS = [
  ['sleep', 'publish', 'work'],
  ['ask', 'next'],
  ['throw'],
  ['fail'],
  ['work', 'sleep', 'sleep'],
];

/** Sends what is refused as well as what is taken. */
async function ignoring(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}

it('shows few series, and no id in any, whatever hundreds of tenants do', async () => {
  const metrics = new PrometheusObservability();
  let thrown = 0;
  const work = workerOf(async ({ attempt }) => {
    // What a recipe of somebody else's may throw.
    if (attempt < 3) throw new MaestroError(`odd.code_${++thrown}` as ErrorCode, 'odd');
    return complete('done');
  });
  const runtime = createMemoryRuntime({ recipes: [scripted, ticker, work], metrics });
  const secrets: string[] = [];
  for (let n = 0; n < TENANTS; n++) {
    const tenant = `tenant-${n}`;
    const ref = { tenant, id: deriveContinuationId(tenant, 'one') };
    const other = { tenant, id: deriveContinuationId(tenant, 'two') };
    const send = (to: typeof ref, command: object): Promise<void> =>
      ignoring(runtime.continuations.send(to, command as ReturnType<typeof spawnOf>));
    secrets.push(tenant, ref.id, other.id, `signal-${n}`, `recipe-${n}`, `kind-${n}`);
    await send(ref, spawnOf('scripted@1', { script: SCRIPTS[n % SCRIPTS.length] }));
    await send(ref, spawnOf('scripted@1', {}, n.toString(16).padStart(64, '0')));
    await send(other, spawnOf(n % 2 ? 'worker@1' : `recipe-${n}@1`));
    await send(ref, signalOf(`signal-${n}`));
    await send(ref, signalOf(['pause', 'resume', 'kill', 'go'][n % 4] ?? ''));
    await send(other, { kind: `kind-${n}` });
    await send(other, { kind: 'finish-step', stepId: `x-${n}`, attempt: 1, result: {} });
    await send({ tenant: `Odd ${n}`, id: `odd-${n}` }, { kind: 'wake' });
    metrics.count('maestro_dead_letters_total', { topic: 'maestro-events', code: `odd_${n}` });
  }
  await runtime.runSteps();
  await runtime.advance(60_000);
  await runtime.runSteps();
  await runtime.advance(600_000);
  runtime.host.measure();

  const text = await metrics.scrape();
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(text).toContain('maestro_turns_total{command="spawn",result="ok"} 300');
  expect(series.length).toBeLessThanOrEqual(MAX_SERIES);
  expect(secrets.filter((secret) => text.includes(`"${secret}`))).toEqual([]);
  expect(text).not.toMatch(/[0-7][0-9A-HJKMNP-TV-Z]{25}/);
}, 30_000);
