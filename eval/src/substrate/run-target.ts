import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readReport, type TargetReport } from './read-report.ts';

/** Where the suite runs. */
export const TARGETS = ['memory', 'local', 'postgres', 'azure', 'aws'] as const;
export type Target = (typeof TARGETS)[number];

const FILES: Readonly<Record<'memory' | 'dapr', readonly string[]>> = {
  memory: ['actors/test/memory.contract.test.ts'],
  dapr: ['actors/test/dapr.contract.test.ts', 'eval/test/substrate.e2e.test.ts'],
};

/** Runs the port suites, and with a real daprd the scenarios, on one target. */
export function runTarget(
  target: Target,
  { root, full }: { readonly root: string; readonly full: boolean },
): Promise<TargetReport> {
  return runVitest({
    root,
    words: FILES[target === 'memory' ? 'memory' : 'dapr'],
    env: {
      // A backend that cannot start is a failure here, not a reason to skip.
      CI: '1',
      MAESTRO_SETS: target,
      MAESTRO_TEST_SCALE: full ? 'full' : 'short',
      MAESTRO_FENCING_ROUNDS: full ? '1000' : '50',
    },
  });
}

/** A run of vitest. */
export interface VitestRun {
  /** The checkout whose vitest it is. */
  readonly root: string;
  /** Where it looks for its configuration and for test files. @default root */
  readonly folder?: string;
  /** What it is to run, and options. */
  readonly words: readonly string[];
  /** Beside this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether to hide what it prints. @default false */
  readonly silent?: boolean;
}

/** Runs test files in a process of their own and reads what they came to. */
export async function runVitest(run: VitestRun): Promise<TargetReport> {
  const { root, folder = root, words, env, silent = false } = run;
  const output = silent ? 'ignore' : 'inherit';
  const scratch = mkdtempSync(path.join(tmpdir(), 'maestro-substrate-report-'));
  const report = path.join(scratch, 'report.json');
  const program = path.join(root, 'node_modules/vitest/vitest.mjs');
  const reporter = path.join(root, 'eval/src/substrate/case-reporter.mjs');
  const args = ['run', ...words, '--reporter=default', `--reporter=${reporter}`];
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], {
        cwd: folder,
        stdio: ['ignore', output, output],
        env: { ...process.env, ...env, MAESTRO_CASE_REPORT: report },
      });
      child.on('error', reject);
      child.on('close', resolve);
    });
    return readReport(existsSync(report) ? readFileSync(report, 'utf8') : undefined, exitCode);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
