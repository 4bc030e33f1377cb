import { startStack, type Stack } from '@maestro/infra-dapr';
import { DatabaseSync } from '@photostructure/sqlite';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  startOpenidProvider,
  type OpenidProvider,
} from '../src/testing/openid-provider.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const ACCOUNTS = {
  ada: { tenant: 'platform', roles: ['admin'] },
  alice: { tenant: 'acme', roles: ['researcher'] },
  ann: { tenant: 'acme', roles: ['researcher'] },
  bob: { tenant: 'globex', roles: ['researcher'] },
};
type Login = keyof typeof ACCOUNTS;

/** Who runs the commands of a block, by the variable that its first line names. */
const WHO: Readonly<Record<string, Login>> = {
  ADMIN_TOKEN: 'ada',
  ALICE_TOKEN: 'alice',
  ANN_TOKEN: 'ann',
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** A block of commands of the page. */
interface Block {
  readonly login: Login;
  readonly commands: readonly string[];
}

describe('the page about onboarding a tenant', () => {
  let provider: OpenidProvider;
  let stack: Stack;
  let dataDir: string;
  let baseUrl: string;
  let page: string;
  const tokens = new Map<Login, string>();

  beforeAll(async () => {
    page = await readFile(path.join(repository, 'docs/runbooks/onboard-tenant.md'), 'utf8');
    dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-onboarding-'));
    provider = await startOpenidProvider(ACCOUNTS);
    for (const login of Object.keys(ACCOUNTS) as Login[]) {
      tokens.set(login, (await provider.signIn(login)).accessToken);
    }
    stack = await startStack({
      dataDir,
      components: 'local',
      env: {
        MAESTRO_ENV: 'production',
        MAESTRO_LOG_LEVEL: 'warn',
        MAESTRO_IDENTITY: 'oidc',
        MAESTRO_IDENTITY_ISSUER: provider.issuer,
        MAESTRO_IDENTITY_AUDIENCE: AUDIENCE,
        MAESTRO_ADMIN_TENANT: 'platform',
        MAESTRO_WAREHOUSE: `duckdb:${path.join(dataDir, 'warehouse.duckdb')}`,
        MAESTRO_STORE: `sqlite:${path.join(dataDir, 'state.db')}`,
      },
      apps: [
        {
          appId: 'maestro',
          command: [process.execPath, path.join(repository, 'services/standalone/dist/main.js')],
          publicPort: 'auto',
          actorTypes: ['Continuation'],
        },
      ],
    });
    baseUrl = `http://127.0.0.1:${stack.app('maestro').publicPort}`;
    const [, json = ''] = /```json\n([^`]*)```/.exec(page) ?? [];
    await writeFile(path.join(dataDir, 'acme.json'), json);
  });
  afterAll(async () => {
    await stack?.stop({ drainMs: 2_000 });
    await provider?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Runs a command of the page as it is, by a shell. */
  function run(login: Login, command: string): Promise<Ended> {
    const bin = path.join(repository, 'cli/bin/maestro.js');
    const script = `maestro() { "${process.execPath}" "${bin}" "$@"; }\n${command}`;
    const child = spawn('bash', ['-c', script], {
      cwd: dataDir,
      env: {
        ...process.env,
        NO_COLOR: '1',
        MAESTRO_API: baseUrl,
        MAESTRO_TOKEN: tokens.get(login) ?? '',
        STORE: `--sqlite ${path.join(dataDir, 'state.db')}`,
      },
    });
    let out = '';
    let error = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    return new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, out, error }));
    });
  }

  const call = async (login: Login, where: string): Promise<{ readonly code?: string }> => {
    const headers = { authorization: `Bearer ${tokens.get(login)}` };
    return (await (await fetch(`${baseUrl}${where}`, { headers })).json()) as { code?: string };
  };

  /** Rows of the tenant in the state store that hold more than that they were erased. */
  function liveRows(): readonly string[] {
    const database = new DatabaseSync(path.join(dataDir, 'state.db'), { readOnly: true });
    const rows = database
      .prepare(`SELECT key FROM state WHERE key LIKE 'acme:%' AND value NOT LIKE '%"tombstone%'`)
      .all() as unknown as readonly { readonly key: string }[];
    database.close();
    return rows.map(({ key }) => key).filter((key) => !/^acme:(?:tenant|audit):/.test(key));
  }

  it('says what works, step by step', async () => {
    const said = new Map<string, string>();
    expect(await call('alice', '/tenant')).toMatchObject({ code: 'tenant.unknown' });
    const blocks = blocksOf(page);
    expect(blocks.flatMap(({ commands }) => commands).length).toBeGreaterThan(8);
    for (const { login, commands } of blocks) {
      for (const command of commands) {
        if (command.includes('tenant delete')) {
          const early = await run(login, command);
          expect(early.code, early.out).toBe(1);
          expect(early.error).toContain('tenant.not_frozen');
          expect(liveRows().length).toBeGreaterThan(5);
          frozenForAMinute(path.join(dataDir, 'state.db'));
        }
        const { code, out, error } = await run(login, command);
        expect(code, `${command}\n${out}\n${error}`).toBe(0);
        said.set(`${login} ${command}`, out);
        if (command.includes('--follow')) {
          expect(out).toContain('completed');
          expect(out).not.toContain('Grace');
          await seesOwnAlone();
        }
      }
    }
    expect(said.get('ada maestro tenant show acme')).toContain('deleted at');
    expect(said.get('ada maestro audit')).toContain('createTenant');
    expect(said.get('alice maestro tenant show')).toContain('2 USD, 20 at most');
    expect(said.get('ann maestro list')).toContain('noop@1');
    expect(liveRows()).toEqual([]);
    for (const login of ['alice', 'ann'] as const) {
      expect(await call(login, '/continuations')).toMatchObject({ code: 'tenant.deleted' });
    }
  }, 240_000);

  /** Both researchers see what one has started; another tenant, and one that was never created, do not. */
  async function seesOwnAlone(): Promise<void> {
    const listed = async (login: Login): Promise<readonly { readonly id: string }[]> =>
      ((await call(login, '/continuations')) as { continuations: { id: string }[] }).continuations;
    await expect.poll(async () => (await listed('alice')).length, { timeout: 20_000 }).toBe(1);
    const [one] = await listed('ann');
    expect(one).toEqual((await listed('alice'))[0]);
    const where = `/continuations/${one?.id}`;
    expect(await call('bob', where)).toMatchObject({ code: 'tenant.unknown' });
    const created = await run('ada', 'maestro tenant create globex');
    expect(created.code, created.error).toBe(0);
    await expect.poll(() => call('bob', where)).toMatchObject({ code: 'continuation.not_found' });
    expect(await listed('bob')).toEqual([]);
  }
});

/** The commands of the page, and who runs them. */
function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/```sh\n# with \$(\w+)[^\n]*\n([^`]*)```/g)].map(
    ([, variable = '', text = '']) => {
      const login = WHO[variable];
      if (!login) throw new Error(`nobody has ${variable}`);
      return { login, commands: text.trim().split('\n') };
    },
  );
}

/** Moves the beginning of the freeze an hour back, in place of waiting a minute. */
function frozenForAMinute(file: string): void {
  const database = new DatabaseSync(file, { timeout: 10_000 });
  const key = 'acme:tenant:freeze';
  const { value } = database.prepare('SELECT value FROM state WHERE key = ?').get(key) as {
    value: string;
  };
  const row = JSON.parse(JSON.parse(value) as string) as { freeze: { at: string } };
  row.freeze.at = new Date(Date.parse(row.freeze.at) - 3_600_000).toISOString();
  database
    .prepare('UPDATE state SET value = ? WHERE key = ?')
    .run(JSON.stringify(JSON.stringify(row)), key);
  database.close();
}
