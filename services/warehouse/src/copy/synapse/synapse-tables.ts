import { ulid } from 'ulid';
import { pendingFiles } from '../../tables/migrate.ts';
import type { SqlFile } from '../../tables/sql-files.ts';
import { sqlStatements } from '../sql-statements.ts';
import type { SynapseSession } from './synapse-session.ts';

const LEDGER = `if object_id('schema_migration') is null
create table schema_migration (
  name varchar(800) not null,
  checksum varchar(256) not null,
  applied_at datetime2(3) not null
)
with (heap, distribution = round_robin)`;

/**
 * Makes the tables that are missing. Without a transaction, because it creates: each statement does nothing where it has
 * been done, so a process that died meanwhile has left nothing that stands in the way.
 *
 * @returns the id that the tables were given when they were made.
 * @throws MaestroError `config.invalid` when the tables are of another release.
 */
export async function makeTables(
  session: SynapseSession,
  files: readonly SqlFile[],
): Promise<string> {
  await session.batch(LEDGER);
  const { rows } = await session.batch('select name, checksum from schema_migration');
  for (const { name, text, checksum } of pendingFiles(files, rows)) {
    for (const statement of sqlStatements(text)) await session.batch(ifMissing(statement));
    await session.execute(
      'insert into schema_migration (name, checksum, applied_at) select @name, @checksum, cast(@at as datetime2(3))',
      [
        { name: 'name', value: name },
        { name: 'checksum', value: checksum },
        { name: 'at', value: new Date().toISOString().slice(0, -1) },
      ],
    );
  }
  for (const name of ['copy', 'copy-turn']) {
    await session.batch(
      `if not exists (select 1 from feed_checkpoint where name = '${name}')
insert into feed_checkpoint (name, value) values ('${name}', '${ulid()}')`,
    );
  }
  const { rows: ids } = await session.batch(
    "select min(value) as id from feed_checkpoint where name = 'copy'",
  );
  return String(ids[0]?.['id']);
}

function ifMissing(statement: string): string {
  const [, table] = /^create table (\w+)/.exec(statement) ?? [];
  return table === undefined ? statement : `if object_id('${table}') is null\n${statement}`;
}
