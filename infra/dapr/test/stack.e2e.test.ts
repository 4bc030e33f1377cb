import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startStack, type Stack } from '@maestro/infra-dapr';
import { callActor, eventually } from './support/sidecar-calls.ts';

const ECHO = fileURLToPath(new URL('./fixtures/echo-actor.mjs', import.meta.url));
const FIRST_BUILD_MS = 900_000;

describe('a stack on components/local', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maestro-stack-'));
  let stack: Stack;
  let port: number;

  beforeAll(async () => {
    stack = await startStack({
      dataDir,
      components: 'local',
      env: { GREETING: 'hello' },
      apps: [
        {
          appId: 'echo',
          command: [process.execPath, ECHO],
          actorTypes: ['Echo'],
          publicPort: 'auto',
        },
      ],
    });
    port = stack.app('echo').sidecar.httpPort;
  }, FIRST_BUILD_MS);

  afterAll(async () => {
    await stack.stop();
    expect(stack.processes().every((managed) => !managed.running)).toBe(true);
    rmSync(dataDir, { recursive: true });
  });

  it('reaches the actor through daprd, with the environment the launcher promises', async () => {
    await expect(callActor(port, 'a', 'echo', { x: 1 })).resolves.toMatchObject({
      actorId: 'a',
      input: { x: 1 },
      GREETING: 'hello',
    });
    const app = stack.app('echo');
    await expect(callActor(port, 'a', 'environment')).resolves.toEqual({
      APP_PORT: String(app.appPort),
      DAPR_HTTP_PORT: String(port),
      MAESTRO_API_PORT: String(app.publicPort),
      MAESTRO_DATA_DIR: dataDir,
    });
  });

  it('puts state into the file that MAESTRO_SQLITE names, keys unprefixed', async () => {
    const url = `http://127.0.0.1:${port}/v1.0/state/maestro-state`;
    const saved = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ key: 'tenant:one:head', value: 'a value to find again' }]),
    });
    expect(saved.status).toBe(204);
    const file = stack.env['MAESTRO_SQLITE'] ?? '';
    const bytes = Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)]);
    expect(bytes.includes('a value to find again')).toBe(true);
    expect(bytes.includes('echo||')).toBe(false);
  });

  it('delivers a reminder', async () => {
    await fetch(`http://127.0.0.1:${port}/v1.0/actors/Echo/a/reminders/soon`, {
      method: 'POST',
      body: JSON.stringify({ dueTime: '100ms' }),
    });
    await eventually(async () => {
      await expect(callActor(port, 'a', 'reminders')).resolves.toContain('soon');
    });
  });

  it('kills the application and starts it again on the same ports', async () => {
    const app = stack.app('echo');
    const before = app.process.pid;
    await expect(app.kill9()).resolves.toEqual({ code: null, signal: 'SIGKILL' });
    await app.restart();
    expect(app.process.pid).not.toBe(before);
    await expect(callActor(port, 'a', 'echo', 2)).resolves.toMatchObject({ pid: app.process.pid });
  });

  it('stops the application gracefully and starts it again', async () => {
    const app = stack.app('echo');
    await expect(app.stopGracefully(5_000)).resolves.toMatchObject({ code: 0, forced: false });
    await app.restart();
    await expect(callActor(port, 'a', 'echo')).resolves.toMatchObject({ actorId: 'a' });
  });

  it('replaces a killed sidecar on the same ports', async () => {
    const { sidecar } = stack.app('echo');
    await sidecar.process.kill9();
    await sidecar.restart();
    await sidecar.waitHealthy(30_000);
    await sidecar.waitActorTypes(['Echo'], 30_000);
    await expect(callActor(port, 'a', 'echo')).resolves.toMatchObject({ actorId: 'a' });
  });

  it('restarts placement; actors can be called again', async () => {
    await stack.controlPlane.placement.kill9();
    await stack.controlPlane.restartPlacement();
    await eventually(async () => {
      await expect(callActor(port, 'a', 'echo')).resolves.toMatchObject({ actorId: 'a' });
    });
  });

  it('restarts a killed scheduler with its reminders, and wipes them when asked', async () => {
    const url = `http://127.0.0.1:${port}/v1.0/actors/Echo/a/reminders/later`;
    const reminderStatus = async (): Promise<number> => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      const { status } = answer;
      return status === 200 && (await answer.text()) === '' ? 404 : status;
    };
    await eventually(async () => {
      const armed = await fetch(url, { method: 'POST', body: JSON.stringify({ dueTime: '1h' }) });
      expect(armed.status).toBe(204);
    });
    await stack.controlPlane.scheduler.kill9();
    await stack.controlPlane.restartScheduler();
    await eventually(async () => {
      await expect(reminderStatus()).resolves.toBe(200);
    });
    await stack.controlPlane.restartScheduler({ wipe: true });
    await eventually(async () => {
      await expect(reminderStatus()).resolves.toBe(404);
    });
  });

  it('runs a second replica beside the first', async () => {
    const second = await stack.startApp({
      appId: 'echo',
      name: 'echo-2',
      command: [process.execPath, ECHO],
    });
    const pids = new Set<unknown>();
    for (let actor = 0; actor < 20; actor += 1) {
      const answer = await callActor(port, `actor-${actor}`, 'echo');
      pids.add(answer['pid']);
    }
    expect(pids).toEqual(new Set([stack.app('echo').process.pid, second.process.pid]));
  });
});

it('leaves nothing running and shows the log when an application does not come up', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maestro-stack-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const failing = startStack({
    dataDir,
    components: 'local',
    apps: [{ appId: 'bad', command: [process.execPath, '-e', 'throw new Error("no luck")'] }],
  });
  await expect(failing).rejects.toThrow(/bad ended with code 1[\s\S]*no luck/);
});
