import { expect, it } from 'vitest';
import { ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, type MemoryRuntime } from '../testing/index.ts';
import { napper } from '../testing/sample-recipes.ts';

const SLEEP_MS = 10_000;

/** One that sleeps, and whose reminder is gone. */
async function forgotten(): Promise<MemoryRuntime> {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: SLEEP_MS }));
  await runtime.idle();
  for (const { name } of runtime.armed()) await runtime.scheduler.disarm(ref, name);
  return runtime;
}

/** Time passes, and the host looks every few seconds. */
async function pass(runtime: MemoryRuntime, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 2_000) {
    runtime.clock.advance(Math.min(2_000, ms - passed));
    await looks(runtime);
  }
}

async function looks(runtime: MemoryRuntime): Promise<string> {
  // Others are called back: the registration is not deaf.
  runtime.host.callbackArrived();
  runtime.host.watch();
  await runtime.idle();
  const { status } = JSON.parse((await runtime.store.readHead(ref)) ?? '') as { status: string };
  return status;
}

it('wakes what is overdue by a minute, and counts it', async () => {
  const runtime = await forgotten();
  await pass(runtime, SLEEP_MS + 59_000);
  expect(await looks(runtime)).toBe('sleeping');
  expect(runtime.observability.counted('maestro_wakes_rearmed_total')).toBe(0);
  runtime.clock.advance(1_000);
  expect(await looks(runtime)).toBe('completed');
  expect(await looks(runtime)).toBe('completed');
  expect(runtime.observability.counted('maestro_wakes_rearmed_total')).toBe(1);
});

it('pokes one that nobody reaches once a minute', async () => {
  const runtime = createMemoryRuntime({
    recipes: [napper],
    gateway: {
      heartbeat: async () => 'continue',
      finish: async () => undefined,
      tell: () => Promise.reject(new Error('nobody answers')),
      tellTopic: () => Promise.reject(new Error('nobody answers')),
    },
  });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: SLEEP_MS }));
  await runtime.idle();
  for (const { name } of runtime.armed()) await runtime.scheduler.disarm(ref, name);
  await pass(runtime, SLEEP_MS + 58_000);
  for (let second = 0; second < 120; second += 2) {
    expect(await looks(runtime)).toBe('sleeping');
    runtime.clock.advance(2_000);
  }
  expect(runtime.observability.counted('maestro_wakes_rearmed_total')).toBe(2);
});

it('leaves alone what is paused', async () => {
  const runtime = await forgotten();
  await runtime.continuations.send(ref, signalOf('pause'));
  await pass(runtime, SLEEP_MS + 300_000);
  expect(await looks(runtime)).toBe('paused');
  expect(runtime.observability.counted('maestro_wakes_rearmed_total')).toBe(0);
});

it('goes on with one whose reminder cannot be armed for a while', async () => {
  const runtime = await forgotten();
  const arm = runtime.scheduler.arm.bind(runtime.scheduler);
  runtime.scheduler.arm = () => Promise.reject(new Error('the scheduler is away'));
  await pass(runtime, SLEEP_MS + 58_000);
  for (let second = 0; second < 90; second += 2) {
    expect(await looks(runtime)).toBe('sleeping');
    runtime.clock.advance(2_000);
  }
  runtime.scheduler.arm = arm;
  let status = '';
  for (let second = 0; second < 60 && status !== 'completed'; second += 2) {
    status = await looks(runtime);
    runtime.clock.advance(2_000);
  }
  expect(status).toBe('completed');
});

it('waits another minute after the host itself was held up', async () => {
  const runtime = await forgotten();
  await looks(runtime);
  runtime.clock.advance(SLEEP_MS + 600_000);
  expect(await looks(runtime)).toBe('sleeping');
  for (let second = 0; second < 58; second += 2) {
    runtime.clock.advance(2_000);
    expect(await looks(runtime)).toBe('sleeping');
  }
  runtime.clock.advance(2_000);
  expect(await looks(runtime)).toBe('completed');
});
