import { MaestroError, type ContinuationRef, type EventLog } from '@maestro/core';

/**
 * Rows of a log from a sequence on, as they are stored.
 *
 * @throws MaestroError `log.corrupt` when one is not JSON.
 */
export async function readRows(
  log: EventLog,
  ref: ContinuationRef,
  from: number,
  limit: number,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  if (limit <= 0) return [];
  const rows = await log.readRange(ref, from, limit, signal);
  rows.forEach((row, index) => {
    try {
      JSON.parse(row);
    } catch (error) {
      throw new MaestroError('log.corrupt', `event ${from + index} of ${ref.id} is not JSON`, {
        cause: error,
      });
    }
  });
  return rows;
}
