import { MaestroError, parseStoredEvent, type StoredEvent } from '@maestro/core';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * The events of a file with one event per line, as `maestro events --json` writes it.
 *
 * @throws MaestroError `log.corrupt`, naming the line that is no event.
 */
export async function* readLogFile(file: string): AsyncGenerator<StoredEvent, void> {
  const input = createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() === '') continue;
      try {
        yield parseStoredEvent(line);
      } catch (error) {
        throw new MaestroError('log.corrupt', `line ${number} of ${file} is not an event`, {
          cause: error,
        });
      }
    }
  } finally {
    lines.close();
    input.destroy();
  }
}
