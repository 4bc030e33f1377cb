import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A server's programs on this machine, or why there are none and how to get them. */
export type ServerProgram =
  | { readonly ok: true; readonly folder: string }
  | { readonly ok: false; readonly reason: string; readonly fix: string };

/** The first folder that holds all programs; the given folders come before the PATH. */
export function findProgramFolder(
  programs: readonly string[],
  folders: readonly string[] = [],
): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '');
  return [...folders, ...onPath].find((folder) =>
    programs.every((program) => {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

/** Finds one program, or names the Debian package that has it. */
export function findProgram(program: string, what: string, debianPackage: string): ServerProgram {
  const folder = findProgramFolder([program]);
  return folder === undefined
    ? { ok: false, reason: `no ${what}`, fix: `sudo apt-get install -y ${debianPackage}` }
    : { ok: true, folder };
}

/** @throws Error with reason and fix when the program is absent. */
export function requireProgram(program: ServerProgram): string {
  if (!program.ok) throw new Error(`${program.reason}: ${program.fix}`);
  return program.folder;
}
