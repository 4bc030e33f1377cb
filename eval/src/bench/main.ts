import { ensureDapr } from '@maestro/infra-dapr';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readBenchOptions, USAGE, type BenchOptions } from './bench-options.ts';
import { describeMachine, machineLine } from './report/machine.ts';
import { profileReport } from './report/cpu-profile.ts';
import { progress } from './report/progress.ts';
import { tablesOf } from './report/tables.ts';
import { clearProfiles, profileFolder } from './stack/profiling.ts';
import { runWorkload, type Run } from './workloads/run-workload.ts';

async function bench(options: BenchOptions): Promise<void> {
  const machine = await describeMachine(options.workFolder);
  progress(machineLine(machine));
  if (options.profile) clearProfiles(options);
  const results: Run[] = [];
  let failures = 0;
  const report = (): void => {
    mkdirSync(dirname(options.out), { recursive: true });
    writeFileSync(options.out, `${JSON.stringify({ machine, results }, undefined, 1)}\n`);
  };
  // Round by round, so that other load on the machine meets every workload and component set alike.
  for (let round = 1; round <= options.runs; round++) {
    for (const components of options.components) {
      for (const workload of options.only) {
        progress(`round ${round} of ${options.runs}: ${workload} on ${components}`);
        try {
          results.push(...(await runWorkload(workload, components, options, round)));
        } catch (error) {
          failures++;
          progress(
            `FAILED: ${workload} on ${components}: ${error instanceof Error ? error.stack : String(error)}`,
          );
        }
        report();
      }
    }
  }
  process.stdout.write(
    `\n${machineLine(machine)}\n\n${tablesOf(results)}\nresults: ${options.out}\n`,
  );
  if (options.profile) {
    const { daprd } = await ensureDapr({});
    process.stdout.write(`\n${profileReport(profileFolder(options), daprd)}`);
  }
  const failedCalls = results.reduce(
    (sum, run) => sum + (run.workload === 'api' ? run.all.errors : 0),
    0,
  );
  if (failures > 0) process.stdout.write(`${failures} runs failed\n`);
  if (failedCalls > 0) process.stdout.write(`${failedCalls} calls of the API failed\n`);
  if (failures + failedCalls > 0) process.exitCode = 1;
}

try {
  const options = readBenchOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(USAGE);
  else await bench(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
