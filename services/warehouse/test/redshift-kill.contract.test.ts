import { findPostgres, startPostgres } from '@maestro/infra-dapr';
import { openPostgresTables } from '@maestro/warehouse';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { RedshiftTarget } from '../src/copy/redshift/redshift-target.ts';
import { copyAll } from './support/copy-contract.ts';
import { randomLog } from './support/random-log.ts';
import { accessTo, standInFiles } from './support/redshift-stand-in.ts';

/** Follows, and says when the target has committed; then it takes its time before it notes that. */
const FOLLOWER = `
import { CopyFollower, openPostgresTables } from '@maestro/warehouse';
import { readFileSync } from 'node:fs';
import { RedshiftTarget } from './dist/copy/redshift/redshift-target.js';
const { url, access, files, hang } = JSON.parse(readFileSync(process.argv[1], 'utf8'));
const tables = await openPostgresTables(url);
const copies = tables.copies;
const follower = new CopyFollower({
  source: {
    forget: (id) => copies.forget(id),
    note: async (id, ends) => {
      console.log('loaded');
      if (hang) await new Promise(() => setInterval(() => {}, 1000));
      await copies.note(id, ends);
    },
    lacking: (...page) => copies.lacking(...page),
    rows: (lacking) => copies.rows(lacking),
    lag: (id) => copies.lag(id),
  },
  target: new RedshiftTarget(access, files),
  everyMs: 10,
  notes: { info() {}, warn(fields) { console.error(fields); } },
});
console.log('follows');
await follower.run(new AbortController().signal);
`;

const postgres = findPostgres();

it.skipIf(!postgres.ok && process.env['CI'] === undefined)(
  'a follower that is killed with -9 between load and checkpoint, or anywhere, doubles nothing',
  async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-copy-kill-'));
    const server = await startPostgres({ dataDir });
    const access = accessTo(server.connectionString, 'copy');
    const files = standInFiles();
    const setup = path.join(dataDir, 'setup.json');
    const tables = await openPostgresTables(server.connectionString);
    const logs = Array.from({ length: 40 }, (_, seed) => randomLog(2_000 + seed, 'acme'));

    const killed = async (hang: boolean, afterMs: number): Promise<void> => {
      await writeFile(setup, JSON.stringify({ url: server.connectionString, access, files, hang }));
      const follower = spawn(process.execPath, ['--input-type=module', '--eval', FOLLOWER, setup], {
        cwd: path.resolve(import.meta.dirname, '..'),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(follower, 'exit');
      for await (const line of createInterface({ input: follower.stdout })) {
        if (hang && line === 'loaded') follower.kill('SIGKILL');
        if (!hang && line === 'follows') setTimeout(() => follower.kill('SIGKILL'), afterMs);
      }
      expect((await ended)[1]).toBe('SIGKILL');
    };
    for (const [round, hang] of [true, false, true, false, false, true, false, false].entries()) {
      for (const { ref, rows } of logs.slice(round * 5, round * 5 + 5)) {
        await tables.append(ref, 1, rows.slice(0, 4));
        await tables.append(ref, 5, rows.slice(4));
      }
      await killed(hang, 20 + round * 40);
    }

    const target = new RedshiftTarget(access, files);
    await copyAll(tables, target);
    const client = new Client({ connectionString: server.connectionString });
    client.on('error', () => undefined);
    await client.connect();
    const all = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;
    const same = async (columns: string, table: string): Promise<void> => {
      const select = (schema: string) =>
        all(`select ${columns} from ${schema}.${table} order by ${columns}`);
      expect(await select('copy'), table).toEqual(await select('maestro'));
    };
    await tables.build();
    await same('tenant, continuation, sequence, generation, hash, commit_id, occurred_at', 'event');
    await same('tenant, continuation, sequence, hash', 'event_end');
    await same('tenant, continuation, sequence', 'build_end');
    await same(
      'tenant, continuation, status, events, last_sequence, spent_micro_usd, model_calls, retries',
      'fact_continuation_lifecycle',
    );
    await same(
      'tenant, continuation, step_id, attempt, model_calls, charged_micro_usd, duration_ms',
      'fact_continuation_step',
    );
    await same('tenant, continuation, sequence, model, called_at', 'fact_model_call');
    await same('tenant, continuations, first_event_at, last_event_at', 'dim_tenant');
    await client.end();
    await tables.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  },
);
