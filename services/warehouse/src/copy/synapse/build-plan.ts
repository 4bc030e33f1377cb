import type { SqlFile } from '../../tables/sql-files.ts';
import { sqlStatements } from '../sql-statements.ts';

/** The statements of a build, sorted by when a dedicated pool can run them. */
export interface BuildPlan {
  /** Chooses what is new. */
  readonly window: readonly string[];
  /** Makes tables of the session, before the transaction: within one nothing can be created. */
  readonly before: readonly string[];
  /** Changes facts and dimensions, in one transaction. */
  readonly within: readonly string[];
  /** Drops tables of the session. */
  readonly after: readonly string[];
}

/**
 * Sorts the statements of the files that build. A table of the session reads but the window, events and the fact that
 * it is for, so that all of them can be made before any fact is changed.
 *
 * @throws TypeError for a statement of another kind.
 */
export function buildPlan(files: readonly SqlFile[]): BuildPlan {
  const [first, ...rest] = files;
  const plan = { before: [] as string[], within: [] as string[], after: [] as string[] };
  for (const statement of rest.flatMap(({ text }) => sqlStatements(text))) {
    if (/^(if object_id|create table #)/.test(statement)) plan.before.push(statement);
    else if (/^(insert into|delete from) (?!#)/.test(statement)) plan.within.push(statement);
    else if (statement.startsWith('drop table #')) plan.after.push(statement);
    else throw new TypeError(`a build cannot have ${statement.slice(0, 80)}`);
  }
  return { window: sqlStatements(first?.text ?? ''), ...plan };
}
