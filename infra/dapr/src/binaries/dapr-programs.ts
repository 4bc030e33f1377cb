import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The three Dapr programs a self-hosted stack runs, in the order they are built. */
export const DAPR_PROGRAMS = ['placement', 'scheduler', 'daprd'] as const;

/** One of {@link DAPR_PROGRAMS}. */
export type DaprProgram = (typeof DAPR_PROGRAMS)[number];

/** Full paths of the three programs. */
export type DaprProgramPaths = Readonly<Record<DaprProgram, string>>;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Looks each program up in the folders, first hit wins; undefined unless all three are there. */
export function findPrograms(folders: readonly string[]): DaprProgramPaths | undefined {
  const find = (program: DaprProgram): string | undefined =>
    folders.map((folder) => join(folder, program)).find((path) => isExecutable(path));
  const [placement, scheduler, daprd] = DAPR_PROGRAMS.map((program) => find(program));
  if (placement === undefined || scheduler === undefined || daprd === undefined) return undefined;
  return { placement, scheduler, daprd };
}
