import { MaestroError, parseStoredEvent, type StoredEvent } from '@maestro/core';
import { fileLines } from './file-lines.ts';

/**
 * The events of a file with one event per line, as `maestro events --json` writes it.
 *
 * @throws MaestroError `log.corrupt`, naming the line that is no event.
 */
export async function* readLogFile(file: string): AsyncGenerator<StoredEvent, void> {
  for await (const { number, line } of fileLines(file)) {
    try {
      yield parseStoredEvent(line);
    } catch (error) {
      throw new MaestroError('log.corrupt', `line ${number} of ${file} is not an event`, {
        cause: error,
      });
    }
  }
}
