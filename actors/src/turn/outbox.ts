import { MaestroError, type ContinuationRef, type ErrorCode } from '@maestro/core';
import type { StepGateway } from '../step/step-gateway.ts';
import type { Activation, Memory } from './activation.ts';
import type { TopicGateway } from '../topic/topic-command.ts';
import type { Command } from './command.ts';
import type { TopicCall } from './topic-waits.ts';

/** A command to another continuation or to a topic that an event calls for. Safe to send again. */
export type OutgoingCall = {
  /** The event that calls for it. */
  readonly sequence: number;
} & ({ readonly to: ContinuationRef; readonly command: Command } | TopicCall);

/** Speaks to whoever a continuation has to say something to. */
export type OutboxGateway = Pick<StepGateway, 'tell'> & TopicGateway;

/** Refusals that no repetition will change: somebody else has the id that was to be given. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['idempotency.conflict', 'id.invalid']);

/** Calls of one activation that are under way at a time. */
const AT_A_TIME = 16;

/** What is under way for one memory. */
interface Round {
  /** Calls that were tried in this round: what fails is left to a later one. */
  readonly tried: Set<OutgoingCall>;
  active: number;
  failure: unknown;
}

/**
 * Sends what events say to other continuations, outside the turn: two that call each other must not wait for each other.
 * What fails stays in the memory, and is sent again by a later turn.
 */
export class Outbox {
  readonly #gateway: OutboxGateway;
  readonly #answered: (activation: Activation) => void;
  readonly #ended: (activation: Activation, error: unknown) => void;
  readonly #rounds = new Map<Memory, Round>();

  /**
   * @param answered called after each call that was taken, or refused for good.
   * @param ended called when nothing more is under way, with the last failure or refusal if there was one.
   */
  constructor(
    gateway: OutboxGateway,
    answered: (activation: Activation) => void,
    ended: (activation: Activation, error: unknown) => void,
  ) {
    this.#gateway = gateway;
    this.#answered = answered;
    this.#ended = ended;
  }

  /** How many activations have calls under way. */
  get size(): number {
    return this.#rounds.size;
  }

  /** Sends what an activation's memory holds and nobody sends yet. */
  flush(activation: Activation): void {
    const { memory } = activation;
    if (!memory || memory.calls.length === 0) return;
    const round = this.#rounds.get(memory) ?? { tried: new Set(), active: 0, failure: undefined };
    this.#rounds.set(memory, round);
    const waiting = memory.calls.filter((call) => !round.tried.has(call)).length;
    for (let more = Math.min(waiting, AT_A_TIME - round.active); more > 0; more--) {
      round.active++;
      void this.#send(activation, memory, round).then(() => {
        round.active--;
        if (round.active > 0) return;
        this.#rounds.delete(memory);
        if (activation.memory === memory) this.#ended(activation, round.failure);
      });
    }
    if (round.active === 0) this.#rounds.delete(memory);
  }

  async #send(activation: Activation, memory: Memory, round: Round): Promise<void> {
    // Who has lost the continuation leaves the rest to the owner.
    while (activation.memory === memory) {
      const call = memory.calls.find((one) => !round.tried.has(one));
      if (!call) return;
      round.tried.add(call);
      try {
        if ('topic' in call) await this.#gateway.tellTopic(call.topic, call.command);
        else await this.#gateway.tell(call.to, call.command);
      } catch (error) {
        round.failure = error;
        if (!FINAL.has(MaestroError.from(error).code)) continue;
      }
      memory.calls.splice(memory.calls.indexOf(call), 1);
      this.#answered(activation);
    }
  }
}
