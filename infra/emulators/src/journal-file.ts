import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Where every change is written before it is acknowledged. */
export interface JournalFile {
  /** Appends one record, a JSON text; when it returns, the record survives the end of this process. */
  append(record: string): void;
  close(): void;
}

/** Keeps nothing: the data lives in memory alone. */
export const noJournalFile: JournalFile = {
  append: () => undefined,
  close: () => undefined,
};

const NEWLINE = 0x0a;

/**
 * Opens a journal of one JSON record per line and hands every record in it to `replay`. A last line without its end, left by
 * a process that died while writing, was never acknowledged and is cut off.
 *
 * @param isRecord whether a value is a record of this emulator.
 * @throws TypeError when a line holds something else.
 */
export function openJournalFile<T>(
  path: string,
  isRecord: (value: unknown) => value is T,
  replay: (record: T) => void,
): JournalFile {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const record: unknown = JSON.parse(bytes.toString('utf8', start, end));
    if (!isRecord(record)) throw new TypeError(`${path} is not a journal of this emulator`);
    replay(record);
    start = end + 1;
  }
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  if (start < bytes.length) ftruncateSync(file, start);
  return {
    append: (record) => {
      writeSync(file, `${record}\n`);
    },
    close: () => closeSync(file),
  };
}
