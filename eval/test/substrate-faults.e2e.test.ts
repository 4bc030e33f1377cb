import { connectRows, SidecarHttp } from '@maestro/actors';
import {
  awsOverlay,
  azureOverlay,
  startCosmos,
  startDynamoDb,
  startStack,
  writeOverlaid,
  type Overlay,
  type Stack,
} from '@maestro/infra-dapr';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');

/** A folder of its own for a test. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-faults-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The state store of a shipped set alone, changed by an overlay. */
async function stateAlone(set: string, overlay: Overlay, dataDir: string): Promise<string> {
  const folder = path.join(dataDir, 'components');
  writeOverlaid(path.join(repository, 'components', set), overlay, folder);
  for (const file of await readdir(folder)) {
    if (file !== 'state.yaml') await rm(path.join(folder, file));
  }
  return folder;
}

function startWorker(
  dataDir: string,
  components: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const started = startStack({
    dataDir,
    components,
    env: { MAESTRO_ENV: 'development', MAESTRO_LOG_LEVEL: 'silent', ...env },
    apps: [
      {
        appId: 'maestro-worker',
        command: [process.execPath, path.join(repository, 'services/worker/dist/main.js')],
      },
    ],
  });
  onTestFinished(async () => {
    await started.then((stack) => stack.stop({ drainMs: 1_000 })).catch(() => undefined);
  });
  return started;
}

/** What the worker's readiness says about the state component; it must refuse. */
async function refusalOf(stack: Stack): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${stack.app('maestro-worker').appPort}/readyz`);
  expect(answer.status).toBe(503);
  const { checks } = (await answer.json()) as {
    checks: readonly { readonly name: string; readonly message?: string }[];
  };
  return checks.find(({ name }) => name === 'state')?.message ?? '';
}

describe('a state component that is wrong', () => {
  it('a container with another partition key: not ready, with component and field', async () => {
    const dataDir = await newFolder();
    const cosmos = await startCosmos({ dataDir, seed: 'maestro/continuations:/tenant' });
    onTestFinished(() => cosmos.stop());
    const components = await stateAlone('azure', azureOverlay(1, 1), dataDir);
    const stack = await startWorker(dataDir, components, {
      MAESTRO_COSMOS_URL: `http://127.0.0.1:${cosmos.port}`,
    });
    const message = await refusalOf(stack);
    expect(message).toContain("'maestro-state'");
    expect(message).toContain('/partitionKey');
  });

  it('a key that is not allowed in: the start fails and names the component', async () => {
    const dataDir = await newFolder();
    const cosmos = await startCosmos({ dataDir });
    onTestFinished(() => cosmos.stop());
    const wrong = { 'maestro-state': { set: { masterKey: 'd3Jvbmc=' }, unset: ['azureClientId'] } };
    const components = await stateAlone('azure', wrong, dataDir);
    await expect(
      startWorker(dataDir, components, { MAESTRO_COSMOS_URL: `http://127.0.0.1:${cosmos.port}` }),
    ).rejects.toThrow(/maestro-state[\s\S]*401/);
  });

  it('a table that is not there: the start fails and names component and table', async () => {
    const dataDir = await newFolder();
    const dynamodb = await startDynamoDb({ dataDir });
    onTestFinished(() => dynamodb.stop());
    const { 'maestro-state': state } = awsOverlay(dynamodb.port, 1);
    const overlay = { 'maestro-state': { set: { ...state?.set, table: 'no-such-table' } } };
    const components = await stateAlone('aws', overlay, dataDir);
    await expect(
      startWorker(dataDir, components, { MAESTRO_AWS_REGION: 'us-east-1' }),
    ).rejects.toThrow(/maestro-state[\s\S]*no-such-table/);
  });

  it('a field with a typing error: nothing is started, and the field is named', async () => {
    const dataDir = await newFolder();
    const overlay = { 'maestro-state': { set: { busyTimout: '30s' } } };
    const components = await stateAlone('local', overlay, dataDir);
    await expect(startWorker(dataDir, components)).rejects.toThrow(
      "maestro-state (state.sqlite) has no field 'busyTimout'; did you mean 'busyTimeout'?",
    );
  });

  it('a host whose clock is behind that of another: not ready, and told by how much', async () => {
    const dataDir = await newFolder();
    const stack = await startWorker(dataDir, 'local');
    const http = new SidecarHttp(stack.app('maestro-worker').sidecar.httpPort);
    onTestFinished(() => http.close());
    await connectRows(http, 'maestro-state').write('maestro.probe', [
      { key: 'maestro.probe:clock', value: String(Date.now() + 600_000), createOnly: false },
    ]);
    expect(await refusalOf(stack)).toMatch(/clock is (599|600) s behind/);
  });
});
