/** Tables of the session, which Synapse tells by their name. */
const OF_SESSION = /\bbuild_(window|event|step|tick|lifecycle|tenant|recipe|model)\b/g;

/**
 * A file of `eval/sql/build` in the SQL of Synapse. The rules know what those files use and no more; a test refuses what
 * they leave.
 */
export function synapseBuild(sql: string): string {
  return sql
    .replaceAll(
      /drop table if exists (\w+);/g,
      "if object_id('tempdb..$1') is not null drop table $1;",
    )
    .replaceAll(
      /create temp table (\w+) as\n/g,
      'create table $1\nwith (heap, distribution = round_robin)\nas\n',
    )
    .replaceAll(/^select\n((?:(?!^select|;)[^])*?)\nlimit (\d+);/gm, 'select top ($2)\n$1;')
    .replaceAll(/split_part\((\w+), '(.)', 1\)/g, "left($1, charindex('$2', $1) - 1)")
    .replaceAll(/split_part\((\w+), '(.)', 2\)/g, "substring($1, charindex('$2', $1) + 1, 20)")
    .replaceAll(/ms_between\((\w+), (\w+)\)/g, 'datediff_big(millisecond, $1, $2)')
    .replaceAll(/\bnot is_final\b/g, 'is_final = 0')
    .replaceAll(/\bis_final\b(?! =)/g, 'is_final = 1')
    .replaceAll(/\bor born_asleep\b/g, 'or born_asleep = 1')
    .replaceAll(OF_SESSION, '#$&');
}
