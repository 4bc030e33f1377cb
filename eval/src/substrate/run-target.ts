import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

/** Where the suite runs. */
export const TARGETS = ['memory', 'local', 'postgres', 'azure', 'aws'] as const;
export type Target = (typeof TARGETS)[number];

/** How a case ended. */
export type Outcome = 'passed' | 'failed' | 'skipped';

/** One case on one target. */
export interface CaseResult {
  readonly suite: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly ms: number;
}

const Report = z.looseObject({
  testResults: z.array(
    z.looseObject({
      message: z.string().optional(),
      assertionResults: z.array(
        z.looseObject({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
        }),
      ),
    }),
  ),
});

const FILES: Readonly<Record<'memory' | 'dapr', readonly string[]>> = {
  memory: ['actors/test/memory.contract.test.ts'],
  dapr: ['actors/test/dapr.contract.test.ts', 'eval/test/substrate.e2e.test.ts'],
};

/** Runs the port suites, and with a real daprd the scenarios, on one target. */
export async function runTarget(
  target: Target,
  { root, full }: { readonly root: string; readonly full: boolean },
): Promise<readonly CaseResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'maestro-substrate-report-'));
  const file = path.join(folder, 'report.json');
  try {
    await vitest(
      root,
      [
        ...FILES[target === 'memory' ? 'memory' : 'dapr'],
        '--reporter=default',
        '--reporter=json',
        `--outputFile=${file}`,
      ],
      {
        // A backend that cannot start is a failure here, not a reason to skip.
        CI: '1',
        MAESTRO_SETS: target,
        MAESTRO_TEST_SCALE: full ? 'full' : 'short',
        MAESTRO_FENCING_ROUNDS: full ? '1000' : '50',
      },
    );
    return read(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function vitest(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } },
    );
    child.on('close', () => resolve());
  });
}

function read(file: string): readonly CaseResult[] {
  const { testResults } = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status, duration }) => ({
      // The suites' titles name their target after the colon or the comma: the columns do that.
      suite: suiteOf(ancestorTitles),
      name: title,
      outcome: status === 'passed' ? 'passed' : status === 'failed' ? 'failed' : 'skipped',
      ms: duration ?? 0,
    })),
  );
}

function suiteOf(titles: readonly string[]): string {
  const last = titles.at(-1) ?? '';
  return last.startsWith('substrate ') ? 'scenario' : (last.split(':')[0] ?? last);
}
