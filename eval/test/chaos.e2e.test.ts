import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FAULTS } from '../src/chaos/faults.ts';
import { runChaos } from '../src/chaos/run-chaos.ts';

it(
  'loses, doubles and corrupts nothing when every part is killed or frozen once',
  { timeout: 420_000 },
  async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-chaos-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const said: string[] = [];
    // Every fault once; the run fails unless each freeze made the other worker take over and a commit be refused.
    const failures = await runChaos(
      {
        continuations: 60,
        rounds: FAULTS.length,
        faults: FAULTS,
        lifeMs: 60_000,
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
    expect(said.filter((line) => line.includes('freeze of'))).toHaveLength(2);
  },
);
