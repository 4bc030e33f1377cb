import { execFile } from 'node:child_process';

/** What a short command printed. */
export interface CommandResult {
  readonly ok: boolean;
  /** Standard output, trimmed. */
  readonly stdout: string;
  /** Why it failed, with its standard error; empty when it did not. */
  readonly error: string;
}

/** Where and with what a short command runs. */
export interface CommandOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Runs a command to its end; never rejects. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { cwd, env = process.env, timeoutMs = 30_000 } = options;
  return await new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd, env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const failure = error === null ? '' : `${error.message}\n${stderr}`.trim();
        resolve({ ok: error === null, stdout: stdout.trim(), error: failure });
      },
    );
  });
}
