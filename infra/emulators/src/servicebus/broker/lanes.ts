import type { QueuedMessage } from './queued-message.ts';
import { SessionLane, type SessionLock } from './session-lane.ts';

/** The name of the lane in a queue that has no sessions. */
export const NO_SESSION = '';

/** The messages of a queue that can be received: one lane, or one for each session. */
export class Lanes {
  readonly #bySession: boolean;
  readonly #lanes = new Map<string, SessionLane>();
  /** Sessions with messages that nobody has, in the order in which they became so. */
  readonly #acceptable = new Set<string>();

  constructor(bySession: boolean) {
    this.#bySession = bySession;
  }

  /** The lane that a message belongs to. */
  nameOf(message: QueuedMessage): string {
    return this.#bySession ? (message.content.sessionId ?? NO_SESSION) : NO_SESSION;
  }

  /** A lane, made when there is none. */
  lane(name: string): SessionLane {
    const lane = this.#lanes.get(name) ?? new SessionLane();
    this.#lanes.set(name, lane);
    return lane;
  }

  /** The lock of a session; undefined when nobody has it. */
  lockOf(name: string): SessionLock | undefined {
    return this.#lanes.get(name)?.lock;
  }

  /** What receivers keep about a session. */
  stateOf(name: string): Buffer | undefined {
    return this.#lanes.get(name)?.state;
  }

  /** Makes a message receivable. */
  push(message: QueuedMessage): void {
    const name = this.nameOf(message);
    const lane = this.lane(name);
    lane.push(message);
    if (lane.lock === undefined) this.#acceptable.add(name);
  }

  /** Takes the next message of a lane. */
  take(name: string): QueuedMessage | undefined {
    return this.#lanes.get(name)?.take();
  }

  /** Leaves out a message if it is ready. */
  withdraw(message: QueuedMessage): void {
    if (message.state === 'ready') this.#lanes.get(this.nameOf(message))?.withdraw(message);
  }

  /** The next session that has messages and no receiver. */
  acceptable(): string | undefined {
    for (const name of this.#acceptable) {
      if (this.lane(name).readyCount > 0) return name;
      this.#acceptable.delete(name);
    }
    return undefined;
  }

  /** Gives a session to a receiver. */
  hold(lock: SessionLock): void {
    this.lane(lock.sessionId).lock = lock;
    this.#acceptable.delete(lock.sessionId);
  }

  /** Takes a session from its receiver. */
  letGo(lock: SessionLock): void {
    const lane = this.lane(lock.sessionId);
    lane.lock = undefined;
    if (lane.readyCount > 0) this.#acceptable.add(lock.sessionId);
  }
}
