import {
  blobReferences,
  canonicalJson,
  isFinished,
  LogVerifier,
  MaestroError,
  parseStoredEvent,
  type ContinuationRef,
  type ContinuationState,
  type StoredEvent,
} from '@maestro/core';
import type { ExportBlob, LogEnd } from './export-format.ts';

/**
 * Checks one continuation's part of an export, line by line: every row canonical and linked to the one before, every
 * value that a row refers to before that row, and the end what the rows come to.
 */
export class PartChecker {
  readonly ref: ContinuationRef;
  readonly #verifier: LogVerifier;
  readonly #blobs = new Set<string>();
  readonly #missing = new Set<string>();

  constructor(ref: ContinuationRef) {
    this.ref = ref;
    this.#verifier = new LogVerifier(ref);
  }

  /** Sequence of the last event that was checked. */
  get sequence(): number {
    return this.#verifier.position.sequence;
  }

  /** Hash of the last event that was checked. */
  get hash(): string {
    return this.#verifier.position.hash;
  }

  /** The bytes of the head row that the rows so far fold to. */
  get headRow(): string | undefined {
    return this.#verifier.head;
  }

  /** Hashes of the values that the source had lost. */
  get missing(): ReadonlySet<string> {
    return this.#missing;
  }

  /** The values that an event refers to and that have not been there yet. */
  neededBlobs(event: StoredEvent): readonly string[] {
    return blobReferences(event.payload).filter((sha256) => !this.#blobs.has(sha256));
  }

  /** Takes note of a blob. */
  blob({ sha256, missing }: Pick<ExportBlob, 'sha256' | 'missing'>): void {
    this.#blobs.add(sha256);
    if (missing) this.#missing.add(sha256);
  }

  /** Checks the text of the next row. @throws MaestroError `log.corrupt`, naming the event. */
  row(text: string): void {
    let event: StoredEvent;
    try {
      event = parseStoredEvent(text);
    } catch (error) {
      throw this.#broken(MaestroError.from(error).message);
    }
    // Hashes are over what a row says; that it says so in the one way that rows are written is for us to check.
    if (canonicalJson(event) !== text) throw this.#broken('the row is not canonical JSON');
    this.event(event);
  }

  /** Checks the next event. @throws MaestroError `log.corrupt`, naming it. */
  event(event: StoredEvent): void {
    const [needed] = this.neededBlobs(event);
    if (event.salt === null) {
      throw this.#broken('its payload was erased, and such a log cannot be moved');
    }
    let message: string | undefined;
    try {
      message = this.#verifier.add(event)?.message;
    } catch (error) {
      throw new MaestroError('log.corrupt', MaestroError.from(error).message, { cause: error });
    }
    if (message !== undefined) throw this.#broken(message);
    if (needed !== undefined) {
      throw new MaestroError(
        'log.corrupt',
        `event ${event.sequence}: its blob ${needed} is not here`,
      );
    }
  }

  /** Checks the end. @throws MaestroError `log.corrupt` when the rows come to something else. */
  end(end: LogEnd): void {
    const own = this.summary();
    const same =
      end.id === own.id &&
      end.sequence === own.sequence &&
      end.hash === own.hash &&
      end.status === own.status &&
      end.sealed === own.sealed;
    if (same) return;
    throw new MaestroError(
      'log.corrupt',
      `the end says ${end.id}, event ${end.sequence}; the rows end with event ${own.sequence} of ${own.id}, ${own.status}${own.sealed ? ', sealed' : ''}`,
    );
  }

  /** What the end has to say. @throws MaestroError `log.corrupt` when there is no row. */
  summary(): LogEnd {
    const { status, sealed } = this.#state();
    const { id } = this.ref;
    const { sequence, hash } = this.#verifier.position;
    return { id, sequence, hash, status, sealed: sealed !== undefined };
  }

  #state(): ContinuationState {
    const { state } = this.#verifier;
    if (!state) throw new MaestroError('log.corrupt', `there are no rows of ${this.ref.id}`);
    return state;
  }

  #broken(message: string): MaestroError {
    return new MaestroError('log.corrupt', `event ${this.sequence + 1}: ${message}`);
  }
}

/** Whether nobody goes on with a log where it came from: it ends sealed or finished. */
export function isClosed({ status, sealed }: Pick<LogEnd, 'status' | 'sealed'>): boolean {
  return sealed || isFinished(status);
}
