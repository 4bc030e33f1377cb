import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runChaos } from '../src/chaos/run-chaos.ts';

it(
  'loses, doubles and corrupts nothing when a worker and a sidecar are killed and a worker is frozen in mid-turn',
  { timeout: 240_000 },
  async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-chaos-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const said: string[] = [];
    // The first three faults; the run fails unless the freeze made the other worker take over and a commit be refused.
    const failures = await runChaos(
      {
        continuations: 40,
        rounds: 3,
        lifeMs: 18_000,
        components: 'local',
        freezeMs: 12_000,
        finishWithinMs: 120_000,
        dataDir,
      },
      dataDir,
      (line) => said.push(line),
    );
    console.log(said.join('\n'));
    expect(failures).toEqual([]);
    expect(said.filter((line) => line.includes('freeze of'))).toHaveLength(1);
  },
);
