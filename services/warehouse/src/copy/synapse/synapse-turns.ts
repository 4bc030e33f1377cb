import { MaestroError } from '@maestro/core';
import { ulid } from 'ulid';
import type { SynapseSession } from './synapse-session.ts';

/** The row that stands for the tables. */
const TURN = "name = 'copy-turn'";

/**
 * Lets one writer at a time change a pool's tables, where nothing can be locked, nothing created within a transaction, and
 * what others have not committed yet is read like anything else. A writer takes the number of the last turn and makes its
 * tables of the session of what there is; then its transaction begins by changing nothing in the row of that number, which
 * makes it wait for whoever has changed that row, and ends by replacing it. Where another one has replaced it there is
 * nothing to replace, and the writer has to begin anew. The number is replaced last, so that who has read it, committed or
 * not, has read everything that it stands for.
 */
export class SynapseTurns {
  readonly #session: SynapseSession;

  constructor(session: SynapseSession) {
    this.#session = session;
  }

  /** Number of the last turn, of which everything that is read now is at least as new. */
  async last(): Promise<string> {
    const { rows } = await this.#session.batch(
      `select min(value) as turn from feed_checkpoint where ${TURN}`,
    );
    return String(rows[0]?.['turn']);
  }

  /**
   * Runs statements in a transaction, all or none.
   *
   * @param last what `last` has said before anything was read that they depend on.
   * @throws MaestroError `warehouse.unavailable` when there was another turn meanwhile.
   */
  async take(last: string, statements: readonly string[]): Promise<void> {
    await this.#session.batch('begin transaction');
    try {
      await this.#session.batch(`update feed_checkpoint set value = value where ${TURN}`);
      const { rows } = await this.#session.batch(
        `select count(*) as mine from feed_checkpoint where ${TURN} and value = '${last}'`,
      );
      if (Number(rows[0]?.['mine']) === 0) {
        throw new MaestroError('warehouse.unavailable', 'another writer was faster: try again');
      }
      for (const statement of statements) await this.#session.batch(statement);
      await this.#session.batch(
        `update feed_checkpoint set value = '${ulid()}' where ${TURN} and value = '${last}'`,
      );
      await this.#session.batch('commit transaction');
    } catch (error) {
      await this.#session.batch('rollback transaction').catch(() => undefined);
      throw error;
    }
  }
}
