import { MaestroError } from '@maestro/core';
import type { SqlDatabase, SqlRow } from './sql-database.ts';
import type { SqlFile } from './sql-files.ts';

const LEDGER = `create table if not exists schema_migration (
  name varchar(200) not null primary key,
  checksum varchar(64) not null,
  applied_at timestamp not null
)`;

/**
 * Runs the files that have not run on this database yet, in their order, each once, all in one transaction; several
 * processes may start at once.
 *
 * @returns names of the files that were run.
 * @throws MaestroError `config.invalid` when a file was changed or removed after it had run.
 */
export async function migrate(
  database: SqlDatabase,
  files: readonly SqlFile[],
  nowMs: number,
): Promise<readonly string[]> {
  return database.transaction(async (transaction) => {
    await transaction.lock('schema_migration');
    await transaction.script(LEDGER);
    const { rows } = await transaction.query('select name, checksum from schema_migration');
    const pending = pendingFiles(files, rows);
    for (const { name, text, checksum } of pending) {
      await transaction.script(text);
      await transaction.query(
        'insert into schema_migration (name, checksum, applied_at) values ($1, $2, $3::timestamp)',
        [name, checksum, new Date(nowMs).toISOString()],
      );
    }
    return pending.map(({ name }) => name);
  });
}

/**
 * The files that have not run on a database yet.
 *
 * @param ledger rows of its `schema_migration`.
 * @throws MaestroError `config.invalid` when a file was changed or removed after it had run.
 */
export function pendingFiles(files: readonly SqlFile[], ledger: readonly SqlRow[]): SqlFile[] {
  const ran = new Map(ledger.map(({ name, checksum }) => [String(name), String(checksum)]));
  for (const name of ran.keys()) {
    if (files.some((file) => file.name === name)) continue;
    throw new MaestroError(
      'config.invalid',
      `${name} has run on this database and is not among the files of this release: use the release that wrote it, or a newer one`,
    );
  }
  return files.filter(({ name, checksum }) => {
    const before = ran.get(name);
    if (before !== undefined && before !== checksum) {
      throw new MaestroError(
        'config.invalid',
        `${name} was changed after it had run on this database: put it back, and add a file for the change`,
      );
    }
    return before === undefined;
  });
}
