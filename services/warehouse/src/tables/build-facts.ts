import { createHash } from 'node:crypto';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';
import { sqlFiles, type SqlFile } from './sql-files.ts';
import type { BuildCounts } from './warehouse-tables.ts';

/** What is built everywhere, and how far it was. */
const FACTS: readonly string[] = [
  'build_end',
  'fact_continuation_step',
  'fact_continuation_tick',
  'fact_continuation_lifecycle',
  'fact_model_call',
  'dim_tenant',
  'dim_recipe',
  'dim_model',
];

/** All that is built here, where lists are asked of it too. */
export const BUILT: readonly string[] = [...FACTS, 'continuation_due', 'continuation_tag'];

/** Continuations of one transaction at most, as `eval/sql/build/10-window.sql` has it. */
export const WINDOW_CONTINUATIONS = 20_000;

const emptied = (tables: readonly string[]): string =>
  tables.map((table) => `delete from ${table};`).join('\n');
/** Empties all of it. */
export const EMPTY_BUILT: string = emptied(BUILT);
/** Empties what a copy has of it. */
export const EMPTY_FACTS: string = emptied(FACTS);

/** What tells the files of one release from those of another. */
export function checksumOf(files: readonly SqlFile[]): string {
  return createHash('sha256')
    .update(files.map(({ checksum }) => checksum).join())
    .digest('hex');
}

/**
 * Builds facts and dimensions from events. Rows of a fact are put together of what is there and what has come by sums,
 * least and greatest values alone, so it does not matter in how many builds events come in.
 */
export class FactBuilder {
  readonly #database: SqlDatabase;
  readonly #window: readonly SqlFile[];
  readonly #steps: readonly SqlFile[];
  readonly #checksum: string;
  readonly #empty: string;

  /**
   * @param files what builds, in order: the first chooses what is new.
   * @param empty what empties all that they build.
   */
  constructor(
    database: SqlDatabase,
    files: readonly SqlFile[] = sqlFiles('build', `${database.dialect}/build`),
    empty = EMPTY_BUILT,
  ) {
    this.#database = database;
    this.#window = files.slice(0, 1);
    this.#steps = files.slice(1);
    this.#checksum = checksumOf(files);
    this.#empty = empty;
  }

  /** Takes in what had come when it began, in as many transactions as it takes. */
  async build(): Promise<BuildCounts> {
    const total = { continuations: 0, events: 0 };
    for (;;) {
      const { continuations, events } = await this.#database.transaction(async (transaction) => {
        await transaction.lock('build');
        await this.#startAnewIfChanged(transaction);
        return this.#buildWindow(transaction);
      });
      total.continuations += continuations;
      total.events += events;
      // What comes meanwhile is the next build's: under load this one would never end.
      if (continuations < WINDOW_CONTINUATIONS) return total;
    }
  }

  /** Empties everything that is built. */
  async clear(): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction.lock('build');
      await transaction.script(this.#empty);
    });
  }

  async #startAnewIfChanged(transaction: SqlTransaction): Promise<void> {
    const { rows } = await transaction.query(
      "select checksum from build_state where name = 'build'",
    );
    if (rows[0]?.['checksum'] === this.#checksum) return;
    await transaction.script(`${this.#empty} delete from build_state;`);
    await transaction.query("insert into build_state (name, checksum) values ('build', $1)", [
      this.#checksum,
    ]);
  }

  async #buildWindow(transaction: SqlTransaction): Promise<BuildCounts> {
    for (const { text } of this.#window) await transaction.script(text);
    const { rows } = await transaction.query(
      `select count(*) as continuations, cast(coalesce(sum(to_sequence - after_sequence), 0) as bigint) as events
       from build_window`,
    );
    const counts = {
      continuations: Number(rows[0]?.['continuations']),
      events: Number(rows[0]?.['events']),
    };
    if (counts.continuations === 0) {
      await transaction.script('drop table build_window');
    } else {
      for (const { text } of this.#steps) await transaction.script(text);
    }
    return counts;
  }
}
