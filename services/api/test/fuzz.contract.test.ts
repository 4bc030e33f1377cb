import { systemClock } from '@maestro/actors';
import type { Identity } from '@maestro/core';
import { providePythonPackage } from '@maestro/infra-dapr';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFigures } from '../src/read-model/model-figures.ts';
import type { ReadModel } from '../src/read-model/read-model.ts';
import { plainIdentity, startApi, type ApiHarness } from '../src/testing/api-harness.ts';

const FULL = process.env['MAESTRO_TEST_SCALE'] === 'full';
const EXAMPLES = FULL ? 200 : 15;
/** Another each time is found with `MAESTRO_FUZZ_SEED`; the one of a run is printed. */
const SEED = process.env['MAESTRO_FUZZ_SEED'] ?? '1';

/** 422 is what fits the schema and yet contradicts itself or what is there. Frozen, everything would be refused. */
const CONFIG = `
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "429"]
[[operations]]
include-operation-id = "freeze"
enabled = false
`;

const readModel: ReadModel = {
  erase: async () => undefined,
  list: async ({ limit }) => ({
    builtAtMs: 1_767_225_600_000,
    lives: Array.from({ length: Math.min(limit, 3) }, (_, index) => ({
      id: `01J0000000000000000000000${index}`,
      status: 'sleeping',
      recipe: 'wait@1',
      objective: 'try it',
      root: null,
      depth: 0,
      tick: 1,
      events: 4,
      children: 0,
      spentMicroUsd: 0,
      createdAtMs: 1_767_225_600_000 - index,
      lastEventAtMs: 1_767_225_600_000,
      finishedAtMs: null,
      dueAtMs: 1_767_312_000_000,
    })),
  }),
  replay: async () => ({ outcome: 'same', sequence: 4 }),
  figures: (): Promise<ModelFigures> => Promise.reject(new Error('the page does without')),
};

/** Tokens that have always half a second left. */
const identity: Identity = {
  verify: async (token) => ({
    ...(await plainIdentity.verify(token)),
    expiresAtMs: systemClock.nowMs() + 500,
  }),
};

/** Runs schemathesis against an API, as somebody who may do everything. */
function schemathesis(
  program: string,
  url: string,
  config: string,
): Promise<{ readonly code: number; readonly out: string }> {
  const options = [
    ['--config-file', config],
    ['run', `${url}/openapi.json`],
    ['--url', url],
    ['-H', 'Authorization: Bearer acme:ada:admin'],
    ['--checks', 'all'],
    ['--phases', 'examples,coverage,fuzzing,stateful'],
    ['--max-examples', String(EXAMPLES)],
    ['--seed', SEED],
    ['--workers', '1'],
    ['--request-timeout', '10'],
  ];
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', PYTHONWARNINGS: 'ignore' };
    const limits = { maxBuffer: 64 * 1024 * 1024, timeout: 900_000 };
    execFile(program, options.flat(), { env, cwd: path.dirname(config), ...limits }, (error, out) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, out }),
    );
  });
}

describe('the API, asked by its own OpenAPI document', () => {
  let api: ApiHarness;
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'maestro-fuzz-'));
    const programs = await providePythonPackage({ name: 'schemathesis', version: '4.32.5' });
    program = path.join(programs, 'schemathesis');
    // With a clock that goes on: where it stands, a tenant's requests are used up.
    // Nobody waits for an event for longer than a token lasts, and a stream of the tenant would not end.
    // Its own tenant is the one whose admins may create others, so that these routes are tried, too.
    api = await startApi({
      readModel,
      identity,
      clock: systemClock,
      busIsWhole: false,
      adminTenant: 'acme',
    });
  }, 600_000);
  afterAll(async () => {
    await api?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes what fits, refuses what does not, answers as documented, and never fails', async () => {
    const config = path.join(folder, 'schemathesis.toml');
    await writeFile(config, CONFIG);
    const { code, out } = await schemathesis(program, api.api.url, config);
    expect(code, out.slice(-20_000)).toBe(0);
    expect(out).not.toContain('[429]');
    const generated = /(\d+) generated/.exec(out)?.[1];
    expect(Number(generated)).toBeGreaterThan(300);
    console.log(`schemathesis, seed ${SEED}: ${generated} cases, no failure`);
  }, 1_200_000);
});
