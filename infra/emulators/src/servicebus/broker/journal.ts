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

/** Where a message is: path of its queue and its sequence number there. */
export type Place = readonly [queue: string, sequenceNumber: number];

/** One change of what the namespace holds. Messages are encoded in base64. */
export type JournalRecord =
  /** Messages put where they can be received, and what they were before: scheduled or elsewhere. */
  | {
      readonly op: 'put';
      readonly atMs: number;
      readonly to: readonly Place[];
      readonly message: string;
      readonly enqueuedSequenceNumber: number;
      readonly deliveryCount?: number;
      readonly from?: Place;
      /** The entity whose duplicate detection saw the message. */
      readonly seenBy?: string;
    }
  | {
      readonly op: 'schedule';
      readonly in: Place;
      readonly atMs: number;
      readonly sentAtMs: number;
      readonly message: string;
    }
  | { readonly op: 'unschedule'; readonly in: Place }
  | { readonly op: 'remove'; readonly in: Place }
  | { readonly op: 'failed'; readonly in: Place; readonly deliveryCount: number }
  | { readonly op: 'rewrite'; readonly in: Place; readonly message: string }
  | { readonly op: 'defer'; readonly in: Place }
  | {
      readonly op: 'session-state';
      readonly queue: string;
      readonly sessionId: string;
      readonly state: string | null;
    };

/** Where every change is written before it is acknowledged. */
export interface Journal {
  /** Appends one record; when it returns, the record survives the end of this process. */
  append(record: JournalRecord): void;
  close(): void;
}

/** Keeps nothing: the messages live in memory alone. */
export const noJournal: Journal = {
  append: () => undefined,
  close: () => undefined,
};

const NEWLINE = 0x0a;

/**
 * Opens a journal of one JSON record per line and hands every record in it to `replay`. A last line without its end, left by
 * a process that died while writing, was never acknowledged and is cut off.
 */
export function openJournal(path: string, replay: (record: JournalRecord) => void): Journal {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const record: unknown = JSON.parse(bytes.toString('utf8', start, end));
    if (typeof record !== 'object' || record === null || !('op' in record)) {
      throw new TypeError(`${path} is not a journal of this emulator`);
    }
    replay(record as JournalRecord);
    start = end + 1;
  }
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  if (start < bytes.length) ftruncateSync(file, start);
  return {
    append: (record) => {
      writeSync(file, `${JSON.stringify(record)}\n`);
    },
    close: () => closeSync(file),
  };
}
