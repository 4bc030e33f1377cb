import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../binaries/run-command.ts';

/** Who runs the PostgreSQL programs: they refuse to run as root. */
export interface ServerAccount {
  /** Undefined: the launcher's own account. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  /** The command line that runs a program under this account. */
  command(program: string, args: readonly string[]): [string, ...string[]];
}

/** The launcher's own account, or, for root, `postgres` (else `nobody`). */
export async function serverAccount(): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) {
    return { ids: undefined, command: (program, args) => [program, ...args] };
  }
  for (const user of ['postgres', 'nobody']) {
    const uid = await runCommand('id', ['-u', user]);
    const gid = await runCommand('id', ['-g', user]);
    if (!uid.ok || !gid.ok) continue;
    // A change of account clears the parent death signal, so it is set here once more.
    const prefix = `--reuid=${uid.stdout} --regid=${gid.stdout} --clear-groups --pdeathsig=INT --`;
    return {
      ids: { uid: Number(uid.stdout), gid: Number(gid.stdout) },
      command: (program, args) => ['setpriv', ...prefix.split(' '), program, ...args],
    };
  }
  throw new Error('PostgreSQL does not run as root and there is no account postgres or nobody');
}

/** Where the data goes when the data folder is closed to PostgreSQL's account, as /root is. */
const FOLDER_OPEN_TO_ALL = '/var/tmp';
const PREFIX = 'maestro-postgres-';

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Removes clusters in /var/tmp whose data folder has been deleted. */
function removeForsaken(): void {
  for (const name of readdirSync(FOLDER_OPEN_TO_ALL)) {
    const folder = join(FOLDER_OPEN_TO_ALL, name);
    if (!name.startsWith(PREFIX)) continue;
    const pointer = read(join(folder, 'belongs-to'));
    if (pointer === undefined || existsSync(pointer)) continue;
    if (existsSync(join(folder, 'data', 'postmaster.pid'))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The folder of the cluster's data: `postgres/` in the data folder. Where the account cannot reach
 * that, a folder under /var/tmp that `postgres/location` names; it is forsaken, and removed by a
 * later start, once that file is gone.
 */
export async function clusterFolder(dataDir: string, account: ServerAccount): Promise<string> {
  const folder = join(dataDir, 'postgres');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account.ids === undefined) return folder;
  const { uid, gid } = account.ids;
  const pointer = join(folder, 'location');
  const location = read(pointer);
  if (location !== undefined && existsSync(location)) return location;
  chownSync(folder, uid, gid);
  const [command, ...args] = account.command('test', ['-w', folder]);
  if ((await runCommand(command, args, { cwd: '/' })).ok) return folder;

  removeForsaken();
  const elsewhere = mkdtempSync(join(FOLDER_OPEN_TO_ALL, PREFIX));
  const cluster = join(elsewhere, 'data');
  mkdirSync(cluster, { mode: 0o700 });
  chownSync(elsewhere, uid, gid);
  chownSync(cluster, uid, gid);
  writeFileSync(pointer, `${cluster}\n`);
  writeFileSync(join(elsewhere, 'belongs-to'), `${pointer}\n`);
  return cluster;
}
