import { startRedis, startStack } from '@maestro/infra-dapr';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { repository } from './support/running-standalone.ts';
import { serversFor } from './support/servers.ts';

const WORKER = path.join(repository, 'services/worker/dist/main.js');

/** A store whose transactions are not atomic. */
const REDIS_STATE = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: maestro-state
spec:
  type: state.redis
  version: v1
  metadata:
    - name: redisHost
      envRef: MAESTRO_REDIS
    - name: actorStateStore
      value: 'true'
`;

/** Runs a worker that is not expected to come up. */
async function failedWorker(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const child = spawn(process.execPath, [WORKER], {
    env: {
      ...process.env,
      APP_PORT: '1',
      DAPR_HTTP_PORT: '1',
      DAPR_GRPC_PORT: '1',
      MAESTRO_ENV: 'development',
      ...env,
    },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines: text.split('\n').filter(Boolean) };
}

const onRedis = serversFor('on a state component that cannot hold continuations', ['redis']);

describe('a worker', () => {
  it.skipIf(onRedis.skipped)(
    `${onRedis.title} is not ready, and says what is supported`,
    async () => {
      const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-startup-'));
      onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
      const components = path.join(dataDir, 'components');
      await mkdir(components);
      await writeFile(path.join(components, 'state.yaml'), REDIS_STATE);
      const redis = await startRedis({ dataDir });
      onTestFinished(() => redis.stop());
      const stack = await startStack({
        dataDir,
        components,
        unchecked: true,
        env: {
          MAESTRO_ENV: 'development',
          MAESTRO_REDIS: redis.connectionString,
          MAESTRO_LOG_LEVEL: 'warn',
        },
        apps: [{ appId: 'maestro-worker', command: [process.execPath, WORKER] }],
      });
      onTestFinished(() => stack.stop({ drainMs: 2_000 }));
      const port = stack.app('maestro-worker').appPort;
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      expect(answer.status).toBe(503);
      const { checks } = (await answer.json()) as { checks: { name: string; message?: string }[] };
      const message = checks.find(({ name }) => name === 'state')?.message;
      expect(message).toContain("'maestro-state' is state.redis");
      expect(message).toContain('use one of state.sqlite, state.postgresql');
      // Ready it is not, alive it is: nobody restarts it for that.
      expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    },
  );

  it.each([
    ['that cannot be loaded', '@maestro/no-such-recipes', 'cannot be loaded'],
    ['that exports no recipes', '@maestro/core', "exports no array 'recipes'"],
  ])('with a recipe package %s ends with 1 and one line', async (_name, specifier, problem) => {
    const { code, lines } = await failedWorker({ MAESTRO_RECIPES: specifier });
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    const { msg } = JSON.parse(lines[0] ?? '') as { msg: string };
    expect(msg).toContain(`the recipe package '${specifier}' ${problem}`);
    expect(msg).not.toContain('\n');
  });

  it('with a wrong environment ends with 1 and one line that names the variables', async () => {
    const { code, lines } = await failedWorker({ APP_PORT: 'x', MAESTRO_DRAIN_MS: '-1' });
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect((JSON.parse(lines[0] ?? '') as { msg: string }).msg).toMatch(
      /APP_PORT: .*MAESTRO_DRAIN_MS: /,
    );
  });
});
