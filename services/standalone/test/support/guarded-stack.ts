import { MaestroClient } from '@maestro/client';
import { mintDevToken, type DevTokenOptions } from '@maestro/client/dev-token';
import {
  ensureDapr,
  startSidecar,
  startStack,
  type Sidecar,
  type Stack,
} from '@maestro/infra-dapr';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from './running-standalone.ts';

/** App id of the worker: no other stack on the network may have it, or Dapr's name resolution finds that one. */
const WORKER = `guarded-worker-${process.pid}`;
const API = `guarded-api-${process.pid}`;
export const APP_TOKEN = 'the-token-of-the-sidecar';

const page = path.join(repository, 'docs/reference/calling-actors.md');

/** The code of the page in a language, as one program. */
export async function programOf(language: 'sh' | 'ts' | 'python' | 'yaml'): Promise<string> {
  const text = await readFile(page, 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)];
  const programs = blocks.filter(([, named]) => named === language).map(([, , code]) => code);
  if (programs.length !== 1)
    throw new Error(`the page has ${programs.length} blocks of ${language}`);
  return String(programs[0]);
}

/** Worker and API, protected as the page says, and sidecars of others. */
export interface GuardedStack {
  readonly stack: Stack;
  readonly dataDir: string;
  readonly workerId: string;
  readonly workerPort: number;
  /** Of an application that has nothing to do with Maestro. */
  readonly foreign: Sidecar;
  /** Of one that loads Maestro's components, which are not for it. */
  readonly nosy: Sidecar;
  tokenFor(token: Pick<DevTokenOptions, 'tenant'> & Partial<DevTokenOptions>): Promise<string>;
  clientOf(tenant: string): Promise<MaestroClient>;
  close(): Promise<void>;
}

/** Starts them: app token, key, a Configuration that refuses service invocation, and components for Maestro's apps alone. */
export async function startGuarded(): Promise<GuardedStack> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-guarded-'));
  const components = path.join(dataDir, 'components');
  await cp(path.join(repository, 'components/local'), components, { recursive: true });
  for (const file of ['state.yaml', 'blobs.yaml', 'secrets.yaml']) {
    const text = await readFile(path.join(components, file), 'utf8');
    await writeFile(path.join(components, file), `${text}scopes:\n  - ${WORKER}\n  - ${API}\n`);
  }
  const configPath = path.join(dataDir, 'worker.yaml');
  await writeFile(configPath, await programOf('yaml'));
  const none = path.join(dataDir, 'none');
  await mkdir(none);
  const binaries = await ensureDapr();
  const app = (appId: string, service: string) => ({
    appId,
    name: service,
    command: [process.execPath, path.join(repository, `services/${service}/dist/main.js`)],
    configPath,
  });
  const stack = await startStack({
    dataDir,
    binaries,
    components,
    env: {
      MAESTRO_ENV: 'development',
      MAESTRO_LOG_LEVEL: 'warn',
      MAESTRO_ACTOR_KEY: 'a key of thirty-two characters..',
      APP_API_TOKEN: APP_TOKEN,
    },
    apps: [app(WORKER, 'worker'), { ...app(API, 'api'), publicPort: 'auto', actorTypes: [] }],
  });
  const { controlPlane } = stack;
  const other = async (appId: string, folder: string): Promise<Sidecar> => {
    const env = folder === components ? stack.env : {};
    const resourcesPaths = [folder];
    const sidecar = await startSidecar({
      binaries,
      controlPlane,
      appId,
      dataDir,
      env,
      resourcesPaths,
    });
    await sidecar.waitHealthy(30_000);
    return sidecar;
  };
  const foreign = await other('herd-planner', none);
  const nosy = await other('nosy', components);
  const keyFile = path.join(dataDir, 'dev-issuer.json');
  const tokenFor: GuardedStack['tokenFor'] = (token) =>
    mintDevToken({ keyFile, subject: 'planner', roles: ['service', 'operator'], ...token });
  return {
    stack,
    dataDir,
    workerId: WORKER,
    workerPort: stack.app('worker').appPort,
    foreign,
    nosy,
    tokenFor,
    clientOf: async (tenant) =>
      new MaestroClient({
        baseUrl: `http://127.0.0.1:${stack.app('api').publicPort}`,
        token: await tokenFor({ tenant, roles: ['researcher', 'operator'] }),
      }),
    close: async () => {
      await Promise.all([foreign.stop(), nosy.stop()]);
      await stack.stop({ drainMs: 2_000 });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What came back; status 0: the connection was cut. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** A request with its path and headers as they are, which `fetch` would tidy. */
export function send(
  port: number,
  method: string,
  route: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const sent = request(
      {
        port,
        method,
        path: route,
        agent: false,
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on('error', (error) => resolve({ status: 0, text: error.message }));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
