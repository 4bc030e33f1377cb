import { sqlFile, sqlFiles, type SqlFile } from '../../src/tables/sql-files.ts';
import type { RedshiftFiles } from '../../src/copy/redshift/redshift-target.ts';

/**
 * What of Redshift PostgreSQL does otherwise: it has no distribution and sort keys, enforces keys, and knows neither SUPER with
 * its paths nor DATEDIFF, JSON_PARSE and TO_VARBYTE. Everything else runs as it is.
 */
const FUNCTIONS = String.raw`
create function json_parse(text) returns jsonb immutable language sql as $$ select $1::jsonb $$;
create function json_parse(bytea) returns jsonb immutable language sql as $$ select convert_from($1, 'UTF8')::jsonb $$;
create function to_varbyte(text, text) returns bytea immutable language sql as $$ select convert_to($1, $2) $$;
`;

const changed = (file: SqlFile, change: (text: string) => string): SqlFile =>
  sqlFile(file.name, change(file.text));

function tableFile(file: SqlFile): SqlFile {
  if (file.name.endsWith('000-functions.sql')) {
    const [own] = sqlFiles('postgres');
    return changed(file, () => `${own?.text ?? ''}${FUNCTIONS}`);
  }
  return changed(file, (text) =>
    text
      .replaceAll(/,\n {2}primary key .*/g, '')
      .replaceAll(/\)\n(distkey|diststyle)[^;]*;/g, ');')
      .replaceAll(/\bsuper\b(?= not null)/g, 'jsonb'),
  );
}

/** The files that run on Redshift, as PostgreSQL can run them. */
export function standInFiles(): RedshiftFiles {
  return {
    tables: sqlFiles('redshift').map((file) => tableFile(file)),
    load: sqlFiles('redshift/load'),
    build: sqlFiles('build', 'postgres/build')
      .filter(({ name }) => !name.endsWith('45-lists.sql'))
      .map((file) =>
        changed(file, (text) =>
          text.replace(/replace\(event\.row_text.*\)::jsonb/, 'event.row_data'),
        ),
      ),
  };
}

/** What a copy needs to reach a PostgreSQL that stands in for Redshift. */
export function accessTo(connectionString: string, schema: string) {
  const url = new URL(connectionString);
  return {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: url.username,
    password: url.password,
    tls: false,
    schema,
  };
}
