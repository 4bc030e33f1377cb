import { MaestroClient } from '@maestro/client';
import { mintDevToken } from '@maestro/client/dev-token';
import { startStack } from '@maestro/infra-dapr';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchMaestro, type Ended } from './run-maestro.ts';

/** Where continuations live: an API, and a token of an operator of a tenant there. Whatever runs behind it. */
export interface Place {
  readonly tenant: string;
  readonly baseUrl: string;
  readonly token: string;
  readonly client: MaestroClient;
}

/** A place of a test's own. */
export interface LocalPlace extends Place {
  /** File of the state store. */
  readonly stateFile: string;
  tokenOf(tenant: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts a standalone stack on SQLite. */
export async function startPlace(): Promise<LocalPlace> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-place-'));
  const repository = path.resolve(import.meta.dirname, '../../..');
  const stack = await startStack({
    dataDir,
    components: 'local',
    env: { MAESTRO_ENV: 'development', MAESTRO_LOG_LEVEL: 'warn' },
    apps: [
      {
        appId: 'maestro',
        command: [process.execPath, path.join(repository, 'services/standalone/dist/main.js')],
        publicPort: 'auto',
        actorTypes: ['Continuation'],
      },
    ],
  });
  const baseUrl = `http://127.0.0.1:${stack.app('maestro').publicPort}`;
  const tokenOf = (tenant: string): Promise<string> =>
    mintDevToken({
      keyFile: path.join(dataDir, 'dev-issuer.json'),
      tenant,
      subject: 'tester',
      roles: ['researcher', 'operator'],
    });
  const tenant = 'e2e';
  const token = await tokenOf(tenant);
  return {
    tenant,
    baseUrl,
    token,
    client: new MaestroClient({ baseUrl, token }),
    stateFile: path.join(dataDir, 'state.db'),
    tokenOf,
    close: async () => {
      await stack.stop({ drainMs: 2_000 });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The command line as the operator of a place. */
export function maestroAt(
  { baseUrl, token }: Pick<Place, 'baseUrl' | 'token'>,
  ...words: readonly string[]
): Promise<Ended> {
  return launchMaestro(words, { MAESTRO_API: baseUrl, MAESTRO_TOKEN: token }).ended;
}
