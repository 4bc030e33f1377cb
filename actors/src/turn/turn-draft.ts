import {
  EVENT_VERSION,
  fold,
  type ContinuationEvent,
  type ContinuationState,
  type EventDraft,
} from '@maestro/core';

/** Collects the events of a turn and shows the state that they lead to, before they are sealed. */
export class TurnDraft {
  readonly events: EventDraft[] = [];
  readonly #at: string;
  #state: ContinuationState | null;

  constructor(state: ContinuationState | null, nowMs: number) {
    this.#state = state;
    this.#at = new Date(nowMs).toISOString();
  }

  /** The state with the events so far; there is one as soon as the continuation was spawned. */
  get state(): ContinuationState {
    if (!this.#state) throw new TypeError('the continuation has not been spawned');
    return this.#state;
  }

  add(draft: EventDraft): void {
    const sequence = (this.#state?.sequence ?? 0) + 1;
    const preview = {
      ...draft,
      version: EVENT_VERSION,
      tenant: this.#state?.tenant ?? '',
      continuation: this.#state?.id ?? '',
      generation: this.#state?.generation ?? 1,
      sequence,
      at: this.#at,
      commit: '',
      done: 0,
      trace: { traceId: '' },
      salt: '',
      payloadHash: '',
      hash: '',
    } as ContinuationEvent;
    this.#state = fold(this.#state, preview);
    this.events.push(draft);
  }
}
