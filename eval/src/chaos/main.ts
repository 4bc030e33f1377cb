import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readChaosOptions } from './chaos-options.ts';
import { runChaos } from './run-chaos.ts';

const options = readChaosOptions(process.argv.slice(2));
const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'maestro-chaos-')));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const failures = await runChaos(options, dataDir, say).catch((error: unknown) => [
  error instanceof Error ? error.message : String(error),
]);
for (const failure of failures) say(`FAILED  ${failure}`);
if (failures.length > 0) {
  say(`data and logs are in ${dataDir}`);
} else {
  say('passed');
  if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
}
process.exit(failures.length > 0 ? 1 : 0);
