import { ensureDapr, freePorts, type DaprBinaries } from '@maestro/infra-dapr';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions } from '../bench-options.ts';

/** Where the profiles of a `--profile` run go. */
export function profileFolder(options: BenchOptions): string {
  return join(options.workFolder, 'profile');
}

/** Removes the profiles of earlier runs. */
export function clearProfiles(options: BenchOptions): void {
  rmSync(profileFolder(options), { recursive: true, force: true });
}

/** The command of a service; under `--profile` it writes a CPU profile when it ends. */
export function workerCommand(
  service: 'worker' | 'standalone' | 'prototype',
  options: BenchOptions,
): readonly string[] {
  const folder = service === 'prototype' ? 'eval/dist/bench/prototype' : `services/${service}/dist`;
  const main = join(options.root, folder, 'main.js');
  const flags = options.profile
    ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder(options)}`, '--cpu-prof-interval=500']
    : [];
  return [process.execPath, ...flags, main];
}

/** Dapr's binaries; under `--profile` a daprd that serves its pprof endpoint at {@link pprofPort}. */
export async function profiledBinaries(
  options: BenchOptions,
  dataDir: string,
): Promise<DaprBinaries> {
  const binaries = await ensureDapr({});
  if (!options.profile) return binaries;
  mkdirSync(profileFolder(options), { recursive: true });
  const [port = 0] = await freePorts(1);
  lastPort = port;
  const wrapper = join(dataDir, 'daprd-with-pprof');
  const script = `#!/bin/sh\nexec '${binaries.daprd}' "$@" --enable-profiling=true --profile-port=${port}\n`;
  writeFileSync(wrapper, script, { mode: 0o755 });
  return { ...binaries, daprd: wrapper };
}

let lastPort = 0;

/** Port of the pprof endpoint of the daprd started last. */
export function pprofPort(): number {
  return lastPort;
}

/** Records daprd's CPU for `seconds` and writes it beside the worker's profile. @returns the file. */
export async function recordDaprd(options: BenchOptions, seconds: number): Promise<string> {
  const url = `http://127.0.0.1:${pprofPort()}/debug/pprof/profile?seconds=${seconds}`;
  const file = join(profileFolder(options), 'daprd.pprof');
  const response = await fetch(url);
  if (!response.ok) throw new Error(`daprd's profile answered ${response.status}`);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  return file;
}
