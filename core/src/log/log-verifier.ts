import { canonicalJson } from '../canonical/canonical-json.ts';
import type { ContinuationState } from '../continuation/continuation-state.ts';
import type { ContinuationRef } from '../continuation/identifiers.ts';
import {
  CHAIN_START,
  checkLink,
  type ChainFault,
  type ChainPosition,
} from '../event/hash-chain.ts';
import type { StoredEvent } from '../event/stored-event.ts';
import { upcast } from '../event/upcast.ts';
import { fold } from './fold.ts';

/** Checks a log event by event, in order, as it is read page by page. */
export class LogVerifier {
  readonly #ref: ContinuationRef;
  #position: ChainPosition = CHAIN_START;
  #state: ContinuationState | null = null;
  #folds = true;

  constructor(ref: ContinuationRef) {
    this.#ref = ref;
  }

  /** Checks the next event. @returns the fault, or undefined when the chain holds. */
  add(event: StoredEvent): ChainFault | undefined {
    const result = checkLink(this.#position, event, this.#ref);
    if ('fault' in result) return result.fault;
    this.#position = result.position;
    // An erased payload still links but cannot be folded: from there on there is no state to compare.
    if (event.salt === null) this.#folds = false;
    if (this.#folds) this.#state = fold(this.#state, upcast(event));
    return undefined;
  }

  /** The last event that was checked. */
  get position(): ChainPosition {
    return this.#position;
  }

  /** The state that the log folds to; undefined when a payload was erased. */
  get state(): ContinuationState | null | undefined {
    return this.#folds ? this.#state : undefined;
  }

  /** The bytes that the head row must have; undefined when a payload was erased or the log is empty. */
  get head(): string | undefined {
    return this.#folds && this.#state ? canonicalJson(this.#state) : undefined;
  }
}
