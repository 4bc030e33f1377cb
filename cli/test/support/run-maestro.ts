import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/maestro.js', import.meta.url));

/** How a command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Starts the command line as a process of its own, with variables beside this process's. */
export function launchMaestro(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin?: string,
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, ...words], {
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
  child.stdin.end(stdin);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, out, error }));
  });
  return { child, ended };
}
