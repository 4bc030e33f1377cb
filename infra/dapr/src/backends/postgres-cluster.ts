import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
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

/** PostgreSQL cannot live under a folder that is closed to its account, as /root is. */
const FOLDER_OPEN_TO_ALL = '/var/tmp';

/**
 * The folder of the cluster's data: `postgres/` in the data folder. Where the account cannot reach
 * that, a folder under /var/tmp whose name is kept in `postgres/location`; without that file, as
 * after the data folder was deleted, a new one is made.
 */
export async function clusterFolder(dataDir: string, account: ServerAccount): Promise<string> {
  const folder = join(dataDir, 'postgres');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account.ids === undefined) return folder;
  const { uid, gid } = account.ids;
  const pointer = join(folder, 'location');
  if (existsSync(pointer)) {
    const location = readFileSync(pointer, 'utf8').trim();
    if (existsSync(location)) return location;
  } else {
    chownSync(folder, uid, gid);
    const [command, ...args] = account.command('test', ['-w', folder]);
    if ((await runCommand(command, args, { cwd: '/' })).ok) return folder;
  }
  const elsewhere = mkdtempSync(join(FOLDER_OPEN_TO_ALL, 'maestro-postgres-'));
  chownSync(elsewhere, uid, gid);
  writeFileSync(pointer, `${elsewhere}\n`);
  return elsewhere;
}
