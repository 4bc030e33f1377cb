import type { ErrorCode } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, MemoryCluster, type MemoryRuntime } from '../testing/index.ts';
import { asker, napper, workerOf } from '../testing/sample-recipes.ts';
import type { Command } from './command.ts';

const recipes = [asker, napper, workerOf(() => new Promise(() => undefined))];

/** Each refusal: what happened before, what is asked, and the code of the answer. */
const REFUSALS: readonly {
  readonly what: string;
  readonly before: readonly Command[];
  readonly command: unknown;
  readonly code: ErrorCode;
}[] = [
  {
    what: 'a recipe that is not there',
    before: [],
    command: spawnOf('nothing@1'),
    code: 'recipe.unknown',
  },
  {
    what: 'parameters that do not fit the recipe',
    before: [],
    command: spawnOf('napper@1', { ms: 'long' }),
    code: 'recipe.parameters_invalid',
  },
  {
    what: 'a goal that no row can hold',
    before: [],
    command: { ...spawnOf('asker@1'), goal: { ...spawnOf('asker@1').goal, note: big(400) } },
    code: 'event.too_large',
  },
  {
    what: 'half of a surrogate pair',
    before: [],
    command: { ...spawnOf('asker@1'), goal: { ...spawnOf('asker@1').goal, note: '\ud83d' } },
    code: 'request.invalid',
  },
  {
    what: 'a signal to a continuation that is not there',
    before: [],
    command: signalOf('go'),
    code: 'continuation.not_found',
  },
  {
    what: 'another request under the same key',
    before: [spawnOf('asker@1')],
    command: spawnOf('asker@1', {}, 'b'.repeat(64)),
    code: 'idempotency.conflict',
  },
  {
    what: 'a signal that nothing waits for',
    before: [spawnOf('asker@1')],
    command: signalOf('stop'),
    code: 'signal.unknown',
  },
  {
    what: 'a signal that a running continuation does not wait for',
    before: [spawnOf('worker@1')],
    command: signalOf('go'),
    code: 'signal.unknown',
  },
  {
    what: 'a signal to a paused continuation',
    before: [spawnOf('asker@1'), signalOf('pause')],
    command: signalOf('go'),
    code: 'continuation.paused',
  },
  {
    what: 'a signal to a killed continuation',
    before: [spawnOf('asker@1'), signalOf('kill')],
    command: signalOf('go'),
    code: 'continuation.finished',
  },
  {
    what: 'pausing a completed continuation',
    before: [spawnOf('asker@1'), signalOf('go')],
    command: signalOf('pause'),
    code: 'continuation.finished',
  },
  {
    what: 'a signal whose payload no row can hold',
    before: [spawnOf('asker@1')],
    command: signalOf('go', { payload: big(400) }),
    code: 'event.too_large',
  },
  {
    what: 'a payload with half of a surrogate pair',
    before: [spawnOf('asker@1')],
    command: signalOf('go', { payload: 'cut \udc00' }),
    code: 'request.invalid',
  },
  {
    what: 'a command that is none',
    before: [spawnOf('asker@1')],
    command: { kind: 'dance' },
    code: 'request.invalid',
  },
];

function big(kilobytes: number): string {
  return 'x'.repeat(kilobytes * 1024);
}

/** Rows and reminders: what a refusal must leave alone. */
function everything(runtime: MemoryRuntime): unknown {
  return { rows: [...runtime.rows.snapshot()], armed: runtime.armed() };
}

describe('a refusal writes nothing', () => {
  for (const { what, before, command, code } of REFUSALS) {
    it(`${what}: ${code}`, async () => {
      const runtime = createMemoryRuntime({ recipes });
      for (const earlier of before) await runtime.continuations.send(ref, earlier);
      await runtime.idle();
      const left = everything(runtime);
      await expect(runtime.continuations.send(ref, command as Command)).rejects.toMatchObject({
        code,
      });
      await runtime.idle();
      expect(everything(runtime)).toEqual(left);
    });
  }

  it('an actor id that is none: id.invalid', async () => {
    const runtime = createMemoryRuntime({ recipes });
    for (const actorId of ['acme', `Acme.${ref.id}`, `acme.${ref.id}x`, 'acme.8'.padEnd(31, '0')]) {
      expect(await runtime.host.invoke(actorId, spawnOf('asker@1'))).toMatchObject({
        ok: false,
        error: { code: 'id.invalid' },
      });
    }
    expect(runtime.rows.snapshot().size).toBe(0);
  });

  it('a recipe that starts with a state that is none: step.outcome_invalid', async () => {
    const broken = { ...napper, start: () => ({ step: 'begin', state: { no: 1n } }) };
    const runtime = createMemoryRuntime({ recipes: [broken] });
    await expect(runtime.continuations.send(ref, spawnOf('napper@1'))).rejects.toMatchObject({
      code: 'step.outcome_invalid',
    });
    expect(runtime.rows.snapshot().size).toBe(0);
  });

  it('a wake on a host that does not know the recipe: it comes again, to one that does', async () => {
    const cluster = new MemoryCluster({ recipes });
    await cluster.send(ref, spawnOf('napper@1', { ms: 1000 }));
    await cluster.idle();
    const left = cluster.rows.snapshot();
    const knowing = cluster.owner;
    const { rows, clock, scheduler } = cluster;
    cluster.owner = createMemoryRuntime({ recipes: [], rows, clock, scheduler });
    await expect(cluster.send(ref, { kind: 'wake' })).resolves.toMatchObject({ found: true });
    await cluster.advance(10_000);
    expect(rows.snapshot()).toEqual(left);
    await expect(cluster.send(ref, { kind: 'wake' })).rejects.toMatchObject({
      code: 'recipe.unknown',
    });
    cluster.owner = knowing;
    await cluster.advance(2_000);
    expect((await readVerified(knowing.store)).state.status).toBe('completed');
  });

  it('a reminder that cannot be armed: sidecar.unavailable', async () => {
    const runtime = createMemoryRuntime({ recipes });
    runtime.scheduler.arm = async () => {
      throw new Error('no scheduler');
    };
    await expect(runtime.continuations.send(ref, spawnOf('asker@1'))).rejects.toMatchObject({
      code: 'sidecar.unavailable',
    });
    expect(runtime.rows.snapshot().size).toBe(0);
  });
});
