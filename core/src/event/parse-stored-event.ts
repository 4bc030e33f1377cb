import { MaestroError } from '../errors/maestro-error.ts';
import { StoredEvent } from './stored-event.ts';

/**
 * Reads a row of the log.
 *
 * @throws MaestroError `log.corrupt` when it is not the text of a stored event.
 */
export function parseStoredEvent(row: string): StoredEvent {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (error) {
    throw new MaestroError('log.corrupt', 'a log row is not JSON', { cause: error });
  }
  const parsed = StoredEvent.safeParse(value);
  if (!parsed.success) {
    throw new MaestroError('log.corrupt', 'a log row is not an event', { cause: parsed.error });
  }
  return parsed.data;
}
