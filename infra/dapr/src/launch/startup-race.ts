/**
 * Whether the end of daprd's log says that it ended because another one was opening the same empty or busy database in
 * that instant. Starting it again, which is what an orchestrator does, then helps.
 *
 * - SQLite: its first statement does not wait for the lock.
 * - PostgreSQL: of two `CREATE TABLE IF NOT EXISTS` at the same time one fails, with the table, its type or its row in
 *   the catalogue already there.
 */
export function lostStartupRace(log: string): boolean {
  return /INIT_COMPONENT_FAILURE.*(SQLITE_BUSY|SQLSTATE (42710|42P07|23505)\b)/.test(log);
}
