import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { inheritedEnvironment } from '../processes/child-environment.ts';
import { logTail } from '../processes/log-tail.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { DAPR_PROGRAMS } from './dapr-programs.ts';
import { withFileLock } from './file-lock.ts';
import { findGo } from './go-toolchain.ts';

/** What to build and where to put it. */
export interface BuildDaprOptions {
  readonly version: string;
  /** The three binaries end up here, each by an atomic rename. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

const PROGRESS_EVERY_MS = 10_000;

async function runBuildStep(
  step: { what: string; go: string; args: readonly string[]; cwd: string; logFile: string },
  log: (line: string) => void,
): Promise<void> {
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  const timer = setInterval(() => {
    log(`${step.what}: ${seconds()} s`);
  }, PROGRESS_EVERY_MS);
  const build = ManagedProcess.spawn({
    name: 'go',
    command: step.go,
    args: step.args,
    cwd: step.cwd,
    logFile: step.logFile,
    env: { ...inheritedEnvironment(), GOFLAGS: '-buildvcs=false', GOWORK: 'off' },
  });
  const { code, signal } = await build.exited;
  clearInterval(timer);
  if (code !== 0) {
    throw new Error(
      `${step.what} failed (${signal ?? `code ${code}`}): check that Go can reach its module proxy (go env GOPROXY), then run it again\nlast lines of ${step.logFile}:\n${logTail(step.logFile)}`,
    );
  }
  log(`${step.what}: done in ${seconds()} s`);
}

async function buildMissing(options: BuildDaprOptions, go: string): Promise<void> {
  const { version, folder, log } = options;
  const missing = DAPR_PROGRAMS.filter((program) => !existsSync(join(folder, program)));
  if (missing.length === 0) return;
  const workFolder = mkdtempSync(join(tmpdir(), 'maestro-dapr-build-'));
  const logFile = join(folder, 'build.log');
  try {
    // A module outside any other one: the download asks only for Dapr's own requirements.
    writeFileSync(join(workFolder, 'go.mod'), 'module maestro.local/dapr\n\ngo 1.26\n');
    const module = `github.com/dapr/dapr@v${version}`;
    log(`building Dapr ${version} from source, once for this machine: about 5 minutes on 2 cores`);
    const downloadArgs = ['mod', 'download', '-json', module];
    const downloadLog = join(workFolder, 'download.json');
    await runBuildStep(
      {
        what: `Dapr ${version}: download of the source`,
        go,
        args: downloadArgs,
        cwd: workFolder,
        logFile: downloadLog,
      },
      log,
    );
    const source = moduleFolder(logTail(downloadLog, 100));
    for (const [index, program] of missing.entries()) {
      const output = join(folder, `.${program}.${process.pid}`);
      const flags = `-s -w -X github.com/dapr/dapr/pkg/buildinfo.version=${version}`;
      await runBuildStep(
        {
          what: `Dapr ${version}: build of ${program} (${index + 1} of ${missing.length})`,
          go,
          // Inside the module's own folder its go.mod, go.sum and replace lines hold.
          args: [
            'build',
            '-mod=readonly',
            '-tags=stablecomponents',
            `-ldflags=${flags}`,
            '-o',
            output,
            `./cmd/${program}`,
          ],
          cwd: source,
          logFile,
        },
        log,
      );
      renameSync(output, join(folder, program));
    }
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

/** The folder of the unpacked module, from what `go mod download -json` printed. */
export function moduleFolder(downloadJson: string): string {
  const match = /"Dir": (".*?[^\\]")/.exec(downloadJson);
  if (match?.[1] === undefined) {
    throw new Error(`go mod download named no folder; it printed:\n${downloadJson}`);
  }
  return z.string().parse(JSON.parse(match[1]));
}

/**
 * Builds the Dapr binaries that the folder lacks with Go, one process at a time on this machine.
 * Safe to interrupt: whatever is finished stays, the rest is built by the next call.
 */
export async function buildDapr(options: BuildDaprOptions): Promise<void> {
  const toolchain = await findGo();
  if (!toolchain.ok) {
    throw new Error(
      `Dapr ${options.version} is neither installed nor cached and cannot be built: ${toolchain.found}; ${toolchain.fix}`,
    );
  }
  await withFileLock(
    {
      file: join(options.folder, '.lock'),
      onWait: (holder) => {
        options.log(`waiting for process ${holder}, which is building Dapr ${options.version}`);
      },
    },
    async () => {
      await buildMissing(options, toolchain.go);
    },
  );
}
