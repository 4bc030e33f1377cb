import { expect, it } from 'vitest';
import { Recent } from './recent.ts';

/** Something to read that counts how often it is, and a clock to step. */
function counted(read: (times: number) => Promise<string>) {
  const clock = { ms: 1_000, nowMs: () => clock.ms };
  let times = 0;
  const recent = new Recent(() => read(++times), clock, { waitMs: 20 });
  return { clock, recent, times: () => times };
}

it('reads once for all who look within five seconds', async () => {
  const { clock, recent, times } = counted(async (count) => `reading ${count}`);
  const looks = await Promise.all([recent.look(), recent.look(), recent.look()]);
  expect(looks.map(({ value }) => value)).toEqual(['reading 1', 'reading 1', 'reading 1']);
  clock.ms += 4_999;
  expect(await recent.look()).toEqual({
    value: 'reading 1',
    readAtMs: 1_000,
    awaySinceMs: undefined,
  });
  clock.ms += 1;
  expect(await recent.look()).toMatchObject({ value: 'reading 2', readAtMs: 6_000 });
  expect(times()).toBe(2);
});

it('keeps longer what took long to read', async () => {
  const { clock, recent, times } = counted(async () => {
    clock.ms += 3_000;
    return 'slow';
  });
  await recent.look();
  clock.ms += 29_999;
  await recent.look();
  expect(times()).toBe(1);
  clock.ms += 1;
  await recent.look();
  expect(times()).toBe(2);
});

it('still knows what it read when it cannot read any more, and since when', async () => {
  const { clock, recent } = counted(async (count) => {
    if (count === 2 || count === 3) throw new Error('away');
    return `reading ${count}`;
  });
  await recent.look();
  clock.ms = 7_000;
  expect(await recent.look()).toEqual({ value: 'reading 1', readAtMs: 1_000, awaySinceMs: 7_000 });
  clock.ms = 13_000;
  expect(await recent.look()).toMatchObject({ value: 'reading 1', awaySinceMs: 7_000 });
  clock.ms = 19_000;
  expect(await recent.look()).toEqual({
    value: 'reading 4',
    readAtMs: 19_000,
    awaySinceMs: undefined,
  });
});

it('keeps nobody waiting for a reading that does not end', async () => {
  const ends = new EventTarget();
  const { clock, recent, times } = counted(async (count) => {
    if (count === 1) return 'first';
    await new Promise((resolve) => ends.addEventListener('end', resolve));
    return 'second';
  });
  await recent.look();
  clock.ms = 10_000;
  expect(await recent.look()).toMatchObject({ value: 'first', awaySinceMs: 10_000 });
  clock.ms = 20_000;
  expect(await recent.look()).toMatchObject({ value: 'first', awaySinceMs: 10_000 });
  expect(times()).toBe(2);
  ends.dispatchEvent(new Event('end'));
  expect(await recent.look()).toMatchObject({ value: 'second', awaySinceMs: undefined });
});

it('takes what throws at once for a reading that failed', async () => {
  const clock = { nowMs: () => 5 };
  const recent = new Recent<string>(
    () => {
      throw new Error('at once');
    },
    clock,
    { waitMs: 20 },
  );
  expect(await recent.look()).toEqual({ value: undefined, readAtMs: undefined, awaySinceMs: 5 });
});
