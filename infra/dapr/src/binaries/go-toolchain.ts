import { existsSync } from 'node:fs';
import { findVersion, isAtLeast, MINIMUM_GO_VERSION } from './dapr-version.ts';
import { runCommand } from './run-command.ts';

/** The Go command and its version, or why there is none and what to do about it. */
export type GoToolchain =
  | { readonly ok: true; readonly go: string; readonly version: string }
  | { readonly ok: false; readonly found: string; readonly fix: string };

const FIX =
  'install Go 1.26 or newer from https://go.dev/dl, or Dapr 1.18 or newer (`dapr init --slim`)';

/**
 * Finds a Go that can build Dapr, on the PATH or in its usual folder. A Go older than that counts
 * when `GOTOOLCHAIN` lets it fetch the toolchain a module asks for.
 */
export async function findGo(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<GoToolchain> {
  let found = 'no Go';
  for (const go of ['go', '/usr/local/go/bin/go']) {
    if (go.startsWith('/') && !existsSync(go)) continue;
    const answer = await runCommand(go, ['env', 'GOVERSION'], { env, cwd: '/' });
    const version = answer.ok ? findVersion(answer.stdout) : undefined;
    if (version === undefined) continue;
    if (isAtLeast(version, MINIMUM_GO_VERSION)) return { ok: true, go, version };
    const switching = await runCommand(go, ['env', 'GOTOOLCHAIN'], { env, cwd: '/' });
    if (isAtLeast(version, '1.21.0') && /auto|path|\+/.test(switching.stdout)) {
      return { ok: true, go, version };
    }
    found = `Go ${version}, too old to build Dapr`;
  }
  return { ok: false, found, fix: FIX };
}
