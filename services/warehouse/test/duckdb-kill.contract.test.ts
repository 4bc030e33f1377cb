import { openDuckDbTables } from '@maestro/warehouse';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { sampleLog } from './support/sample-log.ts';

const ROUNDS = 4;

/** Goes on where the file ends, three rows at a time, builds now and then, and says how far it has come. */
const WRITER = `
import { openDuckDbTables } from '@maestro/warehouse';
import { readFileSync } from 'node:fs';
const [file, log] = process.argv.slice(1);
const { ref, rows } = JSON.parse(readFileSync(log, 'utf8'));
const tables = await openDuckDbTables(file);
for (let at = await tables.position(ref); at < rows.length; at += 3) {
  await tables.append(ref, at + 1, rows.slice(at, at + 3));
  console.log(at + 3);
  if (at % 10 === 0) await tables.build();
}
`;

it('a process that is killed with -9 loses nothing that was taken, and leaves a file that goes on', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-duckdb-kill-'));
  const file = path.join(folder, 'warehouse.duckdb');
  const log = path.join(folder, 'log.json');
  const { ref, rows } = sampleLog(3_000);
  await writeFile(log, JSON.stringify({ ref, rows }));
  let taken = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const writer = spawn(process.execPath, ['--input-type=module', '--eval', WRITER, file, log], {
      cwd: path.resolve(import.meta.dirname, '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(writer, 'exit');
    const before = taken;
    for await (const line of createInterface({ input: writer.stdout })) {
      taken = Number(line);
      if (taken > before + 40 * round) writer.kill('SIGKILL');
    }
    expect((await ended)[1]).toBe('SIGKILL');
    const tables = await openDuckDbTables(file);
    const position = await tables.position(ref);
    expect(position).toBeGreaterThanOrEqual(taken);
    expect(await tables.readRange(ref, 1, rows.length)).toEqual(rows.slice(0, position));
    await tables.build();
    expect(await tables.build()).toEqual({ continuations: 0, events: 0 });
    await tables.close();
    taken = position;
  }
  await rm(folder, { recursive: true, force: true });
});
