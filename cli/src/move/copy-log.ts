import {
  GENESIS_HASH,
  parseStoredEvent,
  sealEvent,
  sha256Hex,
  upcast,
  type ContinuationEvent,
  type ContinuationRef,
  type EventDraft,
} from '@maestro/core';

/**
 * Seals a log anew for another continuation: the same payloads, instants, generations and commits, another chain. What
 * names the continuation itself (envelope, root of the lineage) names the new one; salts are derived from the old ones,
 * so that the payloads' hashes cannot be compared and a repetition gives the same bytes.
 */
export class LogCopier {
  readonly #ref: ContinuationRef;
  #hash = GENESIS_HASH;

  constructor(ref: ContinuationRef) {
    this.#ref = ref;
  }

  /** Hash of the last row. */
  get hash(): string {
    return this.#hash;
  }

  /** The copy of the next row. @throws MaestroError `event.too_large` when longer names make it too large for a row. */
  copy(row: string): string {
    const event = upcast(parseStoredEvent(row));
    const { generation, sequence, at, commit, done, trace } = event;
    const sealed = sealEvent(this.#draft(event), {
      tenant: this.#ref.tenant,
      continuation: this.#ref.id,
      generation,
      sequence,
      previous: this.#hash,
      at,
      commit,
      done,
      trace: { traceId: trace.traceId, cause: trace.cause },
      salt: sha256Hex(`copy\n${this.#ref.id}\n${event.salt}`),
    });
    this.#hash = sealed.event.hash;
    return sealed.row;
  }

  #draft(event: ContinuationEvent): EventDraft {
    if (event.type !== 'spawn') return { type: event.type, payload: event.payload } as EventDraft;
    const { payload, type, continuation } = event;
    const { lineage } = payload;
    const root = lineage.root === continuation ? this.#ref.id : lineage.root;
    return { type, payload: { ...payload, lineage: { ...lineage, root } } };
  }
}
