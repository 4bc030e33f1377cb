import { ImportRequest, type ImportAnswer } from '@maestro/client/protocol';
import { MaestroError, type ContinuationRef, type EventLog } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { checkRows } from '../import/check-rows.ts';
import { EXAMPLE_EVENT } from './examples.ts';

/** `POST /continuations/{id}/import`. */
export function importLog({ store }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/continuations/:id/import',
    operationId: 'importLog',
    summary: 'Store rows of a log that another store holds',
    description:
      'For operators who move a continuation here. The rows are verified against those before them and stored as they are; nothing exists under the id until the import is finished. Rows that are here already are fine, so an import that was cut off is simply sent again.',
    audit: 'none',
    body: {
      schema: ImportRequest,
      name: 'ImportRequest',
      example: { from: 4, rows: [JSON.stringify(EXAMPLE_EVENT)] },
    },
    answers: {
      200: {
        description: 'They are stored; `changed` is false when they were before',
        schema: 'ImportAnswer',
        example: { changed: true, sequence: 4 },
      },
    },
    errors: ['import.invalid', 'import.conflict', 'commit.outcome_unknown', 'sidecar.unavailable'],
    handle: async ({ principal, id, body: { from, rows } }) => {
      const ref = { tenant: principal.tenant, id };
      await checkRows(store, ref, { from, rows });
      const sequence = from + rows.length - 1;
      // To a log that lives nothing is added, only compared.
      if ((await store.readHead(ref)) !== undefined) {
        await checkSame(store, ref, from, rows);
        return { status: 200, body: { changed: false, sequence } satisfies ImportAnswer };
      }
      const result = await store.restore({ ref, from, entries: rows });
      if (result === 'conflict') throw otherLog(ref);
      return {
        status: 200,
        body: { changed: result === 'restored', sequence } satisfies ImportAnswer,
      };
    },
  });
}

async function checkSame(
  log: EventLog,
  ref: ContinuationRef,
  from: number,
  rows: readonly string[],
): Promise<void> {
  const stored = await Promise.all(rows.map((_, index) => log.readEntry(ref, from + index)));
  if (stored.some((row, index) => row !== rows[index])) throw otherLog(ref);
}

/** The refusal of a log where another one is. */
function otherLog({ id }: ContinuationRef): MaestroError {
  return new MaestroError('import.conflict', `another log is stored under ${id}`);
}
