import { join } from 'node:path';
import { runCommand } from '../binaries/run-command.ts';
import { installedFolder } from './installed-server.ts';
import { findProgram, requireProgram, type ServerProgram } from './server-program.ts';

/** A package of PyPI. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** What it is asked for with: `server` of `moto[server]`. */
  readonly extra?: string;
  readonly log?: ((line: string) => void) | undefined;
}

/**
 * The folder with the programs of a package, in a virtual environment of its own that is made if need be.
 *
 * @throws Error that says what is missing and how to get it.
 */
export async function providePythonPackage(wanted: PythonPackage): Promise<string> {
  const { name, version, log, extra } = wanted;
  const requirement = `${name}${extra === undefined ? '' : `[${extra}]`}==${version}`;
  const install = async (folder: string): Promise<void> => {
    const python = join(requireProgram(await findPython()), 'python3');
    const steps: readonly (readonly [string, ...string[]])[] = [
      [python, '-m', 'venv', 'venv'],
      [join(folder, 'venv/bin/pip'), 'install', '-q', requirement],
    ];
    for (const [command, ...args] of steps) {
      const result = await runCommand(command, args, { cwd: folder, timeoutMs: 600_000 });
      if (!result.ok) throw new Error(`${name} could not be fetched: ${result.error}`);
    }
  };
  return join(await installedFolder({ name, version, install, log }), 'venv/bin');
}

/** Finds a Python that can make virtual environments; Debian has that part in a package of its own. */
async function findPython(): Promise<ServerProgram> {
  const python = findProgram('python3', 'Python 3', 'python3-venv');
  if (!python.ok) return python;
  const check = ['-c', 'import ensurepip, venv'];
  if ((await runCommand(join(python.folder, 'python3'), check)).ok) return python;
  return {
    ok: false,
    reason: 'a Python without venv',
    fix: 'sudo apt-get install -y python3-venv',
  };
}
