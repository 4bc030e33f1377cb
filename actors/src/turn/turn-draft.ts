import {
  addCounts,
  canonicalJson,
  EVENT_VERSION,
  fold,
  MAX_INLINE_BYTES,
  MAX_ROW_BYTES,
  MAX_VALUE_BYTES,
  MaestroError,
  redactDraft,
  redactJsonTexts,
  sha256Hex,
  wellFormedJson,
  type BlobReference,
  type ContinuationEvent,
  type ContinuationRef,
  type ContinuationState,
  type EventDraft,
  type JsonValue,
  type RedactionCounts,
  type TextRedactor,
} from '@maestro/core';
import type { DecideContext } from './decision.ts';
import { settlementsOf } from './settlements.ts';

/** What a row holds besides its payload, in bytes, with room to spare. */
const ENVELOPE_BYTES = 2_048;

/** Below this many bytes of payload the head is not measured: what small events add stays within its margin. */
const SMALL_BYTES = 8_192;

/** Collects the events of a turn and shows the state that they lead to, before they are sealed. */
export class TurnDraft {
  readonly events: EventDraft[] = [];
  /** Values that the events only refer to, as canonical JSON by SHA-256. */
  readonly blobs = new Map<string, string>();
  /** What was taken out of those values, by SHA-256. */
  readonly #blobRedactions = new Map<string, RedactionCounts>();
  readonly #texts: TextRedactor;
  readonly #at: string;
  readonly #ref: ContinuationRef;
  #state: ContinuationState | null;
  #bytes = 0;

  constructor(
    state: ContinuationState | null,
    { ref, nowMs, texts }: Pick<DecideContext, 'ref' | 'nowMs' | 'texts'>,
  ) {
    this.#ref = ref;
    this.#state = state;
    this.#texts = texts;
    this.#at = new Date(nowMs).toISOString();
  }

  /** The state with the events so far; there is one as soon as the continuation was spawned. */
  get state(): ContinuationState {
    if (!this.#state) throw new TypeError('the continuation has not been spawned');
    return this.#state;
  }

  /** Size of all payloads so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A text as an event is to hold it. */
  withoutPersonalData(text: string): string {
    return this.#texts.redact(text);
  }

  /**
   * The value as an event is to hold it, without the personal data in its texts: itself, or, when it is too large for that,
   * a reference to a blob.
   *
   * @throws MaestroError `event.too_large` over {@link MAX_VALUE_BYTES}.
   */
  claimed(given: JsonValue, maxInlineBytes = MAX_INLINE_BYTES): JsonValue {
    const redactions: RedactionCounts = {};
    const value = redactJsonTexts(given, this.#texts, redactions);
    if (JSON.stringify(value).length <= maxInlineBytes / 3) return value;
    const text = canonicalJson(value);
    const bytes = Buffer.byteLength(text);
    if (bytes <= maxInlineBytes) return value;
    if (bytes > MAX_VALUE_BYTES) throw tooLarge('a value', bytes, MAX_VALUE_BYTES);
    const sha256 = sha256Hex(text);
    this.blobs.set(sha256, text);
    if (Object.keys(redactions).length > 0) this.#blobRedactions.set(sha256, redactions);
    return { $blob: { sha256, bytes } } satisfies BlobReference;
  }

  /**
   * Adds events that belong together: all of them or, when one cannot be stored, none. Personal data in their texts is taken
   * out here, before they are measured and folded: what goes on within the turn sees what is stored.
   *
   * @throws MaestroError `event.too_large` when a row or the head would be too large for a store; `request.invalid` for
   * text with half of a surrogate pair, which has no canonical form.
   */
  add(...drafts: readonly EventDraft[]): void {
    let state = this.#state;
    let bytes = 0;
    const added: EventDraft[] = [];
    const take = (given: EventDraft): void => {
      const draft = this.#withBlobRedactions(redactDraft(given, this.#texts));
      const size = payloadBytes(draft);
      if (size > MAX_ROW_BYTES - ENVELOPE_BYTES) throw tooLarge(`the ${draft.type} event`, size);
      bytes += size;
      state = fold(state, this.#preview(draft, state));
      added.push(draft);
    };
    drafts.forEach(take);
    // Whatever ends it, and whenever it is asked: merges that wait for it are told in the same commit.
    if (state?.joins) settlementsOf(state).forEach(take);
    if (bytes > SMALL_BYTES) {
      const headBytes = Buffer.byteLength(JSON.stringify(state));
      if (headBytes > MAX_ROW_BYTES) throw tooLarge('the state', headBytes);
    }
    this.#state = state;
    this.#bytes += bytes;
    this.events.push(...added);
  }

  /** What was taken out of a value counts where an event refers to it. */
  #withBlobRedactions(draft: EventDraft): EventDraft {
    if (this.#blobRedactions.size === 0) return draft;
    const payload = JSON.stringify(draft.payload);
    const redactions: RedactionCounts = { ...draft.redactions };
    for (const [sha256, counts] of this.#blobRedactions) {
      if (payload.includes(`"${sha256}"`)) addCounts(redactions, counts);
    }
    return { ...draft, redactions };
  }

  /** The event as `fold` takes it; what is not known before it is sealed is left empty. */
  #preview(draft: EventDraft, state: ContinuationState | null): ContinuationEvent {
    // Member by member: a spread makes an object that is slow to read, and folding reads it (100 us in every life).
    return {
      type: draft.type,
      payload: draft.payload,
      version: EVENT_VERSION,
      tenant: this.#ref.tenant,
      continuation: this.#ref.id,
      generation: state?.generation ?? 1,
      sequence: (state?.sequence ?? 0) + 1,
      at: this.#at,
      commit: '',
      done: 0,
      trace: { traceId: '' },
      salt: '',
      payloadHash: '',
      hash: '',
    } as ContinuationEvent;
  }
}

function payloadBytes(draft: EventDraft): number {
  const text = JSON.stringify(draft.payload);
  if (wellFormedJson(text) !== text) {
    throw new MaestroError(
      'request.invalid',
      `the ${draft.type} event holds text with half of a surrogate pair`,
    );
  }
  return Buffer.byteLength(text);
}

function tooLarge(what: string, bytes: number, atMost = MAX_ROW_BYTES): MaestroError {
  return new MaestroError(
    'event.too_large',
    `${what} would take ${bytes} bytes, at most ${atMost} can be stored`,
  );
}
