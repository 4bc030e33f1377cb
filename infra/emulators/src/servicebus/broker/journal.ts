import { noJournalFile, openJournalFile, type JournalFile } from '../../journal-file.ts';

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
export const noJournal: Journal = recordsIn(noJournalFile);

/** Opens a journal and hands every record in it to `replay`. */
export function openJournal(path: string, replay: (record: JournalRecord) => void): Journal {
  return recordsIn(openJournalFile(path, isRecord, replay));
}

function isRecord(value: unknown): value is JournalRecord {
  return typeof value === 'object' && value !== null && 'op' in value;
}

function recordsIn(file: JournalFile): Journal {
  return {
    append: (record) => file.append(JSON.stringify(record)),
    close: () => file.close(),
  };
}
