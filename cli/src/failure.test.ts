import { MaestroError } from '@maestro/core';
import { afterEach, expect, it, vi } from 'vitest';
import type { CliEnvironment } from './environment.ts';
import { failureOf, NegativeResult, UsageError } from './failure.ts';
import { createProgram } from './program.ts';

const environment: CliEnvironment = {
  api: 'http://127.0.0.1:9',
  token: 'a-token',
  tenant: 'demo',
  dataDir: '.maestro',
  user: 'alice',
  devKeyFile: undefined,
  postgres: undefined,
  warehouse: undefined,
  warehouseHeaders: {},
  cosmosKey: undefined,
  cosmosToken: undefined,
  statusPage: true,
};

afterEach(() => {
  vi.restoreAllMocks();
  // Each command listens until its process ends.
  for (const name of ['SIGINT', 'SIGTERM']) process.removeAllListeners(name);
});

/** The exit code of a command line, and what it says on standard error. */
async function run(...words: readonly string[]): Promise<{ code: number; said: string }> {
  let said = '';
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  try {
    await createProgram(environment).parseAsync([...words], { from: 'user' });
    return { code: 0, said };
  } catch (thrown) {
    const { exitCode, error } = failureOf(thrown);
    return { code: exitCode, said: said + (error?.message ?? '') };
  }
}

it('tells kinds of failure by exit code', () => {
  expect(failureOf(new MaestroError('signal.unknown', 'no'))).toEqual({
    exitCode: 1,
    error: { code: 'signal.unknown', message: 'no' },
  });
  expect(failureOf(new NegativeResult('broken'))).toEqual({ exitCode: 1 });
  expect(failureOf(new UsageError('how'))).toMatchObject({ exitCode: 2, error: { code: 'usage' } });
  expect(failureOf(new Error('why'))).toMatchObject({ exitCode: 1, error: { code: 'failed' } });
});

it.each([[['--help']], [['--version']], [['start', '--help']], [['help', 'verify']]])(
  'ends with 0: %j',
  async (words) => {
    expect(await run(...words)).toMatchObject({ code: 0 });
  },
);

it.each([
  [['nonsense'], 'nonsense'],
  [['get'], 'id'],
  [['start', 'noop@1', '--param', 'x'], 'key=value'],
  [['start', 'no-such-file.yaml'], 'no-such-file.yaml'],
  [['events', 'x', '--from', '0'], 'whole number'],
  [['signal', 'x', 'go', '--payload', '{'], 'JSON'],
  [['verify'], '--file'],
  [['verify', 'x', '--file', 'y'], 'not both'],
  [['repair'], '--rearm'],
  [['repair', '--rearm'], '--tenant'],
  [['repair', '--rearm', '--tenant', 'acme'], '--sqlite'],
  [['repair', '--rearm', '--tenant', 'acme', '--sqlite', 'x', '--dynamodb', 'y'], 'one store'],
  [['repair', '--rearm', '--tenant', 'acme', '--cosmos', 'x'], 'https://'],
  [['repair', '--rearm', '--tenant', 'acme', '--cosmos', 'https://x'], 'MAESTRO_COSMOS_KEY'],
  [['export'], '--tenant'],
  [['export', 'x', '--tenant'], '--tenant'],
  [['export', 'x', '--seal', '--unsealed'], 'not both'],
  [['import', 'no-such-file.jsonl', '--tenant', 'acme'], 'no-such-file.jsonl'],
  [['import', 'no-such-file.jsonl'], '--tenant <slug>'],
  [['import', 'x', '--copy-key', 'y'], '--copy'],
  [['import', 'x', '--copy', '--copy-key', 'y'.repeat(201)], 'at most 200'],
  [['token'], 'maestro dev'],
  [['get', 'x', '--api', 'localhost'], '--api'],
])('ends with 2 and says what is wrong: %j', async (words, hint) => {
  const { code, said } = await run(...words);
  expect(code).toBe(2);
  expect(said).toContain(hint);
});

it('asks for a token where there is none', async () => {
  const program = createProgram({ ...environment, token: undefined });
  await expect(program.parseAsync(['get', 'x'], { from: 'user' })).rejects.toThrow('MAESTRO_TOKEN');
});
