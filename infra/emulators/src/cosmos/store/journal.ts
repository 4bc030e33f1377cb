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
import { isObject, type JsonObject } from '../json.ts';

/** Where every change is written before it is acknowledged. */
export interface Journal {
  /** Appends one record; when it returns, the record survives the end of this process. */
  append(record: string): void;
  close(): void;
}

/** Keeps nothing: the data lives in memory alone. */
export const noJournal: Journal = {
  append: () => undefined,
  close: () => undefined,
};

const NEWLINE = 0x0a;

/**
 * Opens a journal of one JSON record per line and hands every record in it to `replay`. A last line without its end, left by
 * a process that died while writing, was never acknowledged and is cut off.
 */
export function openJournal(path: string, replay: (record: JsonObject) => void): Journal {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const record: unknown = JSON.parse(bytes.toString('utf8', start, end));
    if (!isObject(record)) throw new TypeError(`${path} is not a journal of this emulator`);
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
