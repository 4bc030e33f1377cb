import { ensureDapr } from '@maestro/infra-dapr';
import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { percentile, rounded } from '../load/statistics.ts';

/** What the figures were measured on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly dapr: string;
  /** Load of the last minute when the run began. */
  readonly load1: number;
  /** Time to append 4 KiB and sync them to the disk that holds the data, in ms. */
  readonly fdatasyncP50Ms: number;
  readonly fdatasyncP99Ms: number;
  readonly at: string;
}

const SYNCS = 200;

function syncTimesMs(folder: string): readonly number[] {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'fdatasync.probe');
  const descriptor = openSync(file, 'w');
  const block = Buffer.alloc(4096, 1);
  try {
    return Array.from({ length: SYNCS }, () => {
      const startedAt = performance.now();
      writeSync(descriptor, block);
      fdatasyncSync(descriptor);
      return performance.now() - startedAt;
    });
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}

/** Load of the last minute, to a tenth. */
export function load1(): number {
  return rounded(loadavg()[0] ?? Number.NaN);
}

/** Describes this machine; `folder` is where the data will be. */
export async function describeMachine(folder: string): Promise<Machine> {
  const loadBefore = load1();
  const syncs = syncTimesMs(folder);
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    dapr: (await ensureDapr({})).version,
    load1: loadBefore,
    fdatasyncP50Ms: rounded(percentile(syncs, 50), 2),
    fdatasyncP99Ms: rounded(percentile(syncs, 99), 2),
    at: new Date().toISOString(),
  };
}

/** One line about the machine. */
export function machineLine(machine: Machine): string {
  return (
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, ` +
    `Dapr ${machine.dapr}, load1 ${machine.load1}, fdatasync p50 ${machine.fdatasyncP50Ms} ms ` +
    `p99 ${machine.fdatasyncP99Ms} ms, ${machine.at}`
  );
}
