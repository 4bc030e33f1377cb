import rhea from 'rhea';
import type { MessageQueue } from '../broker/message-queue.ts';
import type { HandedOut, Settlement } from '../broker/queued-message.ts';
import type { SessionLock } from '../broker/session-lane.ts';
import { encodeDelivered } from '../codec/delivered-message.ts';
import { deliveryTag } from '../codec/lock-token.ts';
import { asServiceBusError, sessionLockLost, type ServiceBusError } from '../service-bus-error.ts';
import { deliveredFields } from './delivered-fields.ts';
import type { Consumer, Dispatcher } from './dispatcher.ts';
import type { RheaContext, RheaDelivery, RheaSender } from './rhea-link.ts';

const PRESETTLED = 1;

/** What a link of a receiver needs besides the queue. */
export interface ConsumerContext {
  readonly now: () => number;
  readonly dispatcher: Dispatcher;
  readonly session: SessionLock | undefined;
}

function described(outcome: 'accepted' | 'rejected', fields?: object): unknown {
  const make = (
    rhea.message as unknown as Record<string, (fields?: object) => { described(): unknown }>
  )[outcome];
  return make?.(fields).described();
}

/** The settlement that an outcome asks for. */
function settlementOf(outcome: string, state: Readonly<Record<string, unknown>> = {}): Settlement {
  switch (outcome) {
    case 'accepted':
      return { outcome: 'complete' };
    case 'released':
      return { outcome: 'abandon', uncounted: true };
    case 'modified': {
      const properties = (state['message_annotations'] ?? {}) as Record<string, unknown>;
      return { outcome: state['undeliverable_here'] === true ? 'defer' : 'abandon', properties };
    }
    default: {
      const error = state['error'] as { readonly info?: Record<string, unknown> } | undefined;
      return { outcome: 'deadLetter', properties: present(error?.info ?? {}) };
    }
  }
}

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** A link on which a receiver gets messages of a queue under locks, or for good. */
export class ConsumerLink implements Consumer {
  readonly mode: 'lock' | 'delete';
  readonly session: SessionLock | undefined;
  readonly #link: RheaSender;
  readonly #queue: MessageQueue;
  readonly #context: ConsumerContext;
  /** Delivery count of the link once everything is sent that was handed over to it. */
  #countAfterSends: number;
  readonly #tokens = new Map<RheaDelivery, string>();

  constructor(link: RheaSender, queue: MessageQueue, context: ConsumerContext) {
    this.#link = link;
    this.#queue = queue;
    this.#context = context;
    this.#countAfterSends = link.delivery_count;
    this.session = context.session;
    this.mode = link.snd_settle_mode === PRESETTLED ? 'delete' : 'lock';
    link.on('sender_flow', () => context.dispatcher.wake(this));
    link.on('sendable', () => context.dispatcher.wake(this));
    link.on('sender_draining', () => this.#drain());
    for (const outcome of ['accepted', 'rejected', 'released', 'modified']) {
      link.on(outcome, ({ delivery }: RheaContext) => this.#settle(delivery, outcome));
    }
    // Also when nothing is left to give back, whoever asked has to be told.
    link._get_drain = () => {
      if (!link._draining || !link._drained) return false;
      link.delivery_count += link.credit;
      link.credit = 0;
      return true;
    };
    if (this.session !== undefined) context.dispatcher.join(this);
    context.dispatcher.wake(this);
  }

  get wantsMore(): boolean {
    const queued = this.#countAfterSends - this.#link.delivery_count;
    return this.#link.is_open() && this.#link.credit > queued && this.#link.sendable();
  }

  deliver({ message, lock }: HandedOut): void {
    const encoded = encodeDelivered(deliveredFields(this.#queue, message));
    this.#countAfterSends += 1;
    if (lock === undefined) {
      this.#link.send(encoded, undefined, 0);
      return;
    }
    this.#tokens.set(this.#link.send(encoded, deliveryTag(lock.token), 0), lock.token);
  }

  sessionLost(): void {
    this.#context.dispatcher.leave(this);
    if (this.session !== undefined) this.refuse(sessionLockLost(this.session.sessionId));
  }

  /** Ends the link with an error. */
  refuse(error: ServiceBusError): void {
    this.#link.close(error.amqpError);
  }

  /** The link is gone: its locks last until they run out, its session is free again. */
  closed(): void {
    this.#context.dispatcher.leave(this);
    this.#tokens.clear();
    if (this.session !== undefined) this.#queue.closeSession(this.session, this.#context.now());
  }

  #drain(): void {
    this.#context.dispatcher.flush(this);
    const left = this.#link.credit - (this.#countAfterSends - this.#link.delivery_count);
    this.#countAfterSends += Math.max(0, left);
    this.#link.set_drained(true);
  }

  #settle(delivery: RheaDelivery, outcome: string): void {
    const token = this.#tokens.get(delivery);
    // Whatever the receiver decided, it takes an error in the answer for a refusal.
    let answer = described('accepted');
    if (token !== undefined) {
      this.#tokens.delete(delivery);
      try {
        const settlement = settlementOf(outcome, delivery.remote_state);
        this.#queue.settle(token, settlement, this.#context.now());
      } catch (error) {
        const known = asServiceBusError(error);
        const lost = this.session?.ended === true ? sessionLockLost(this.session.sessionId) : known;
        answer = described('rejected', { error: lost.amqpError });
      }
    }
    delivery.update(true, answer);
    // The receiver does not answer this, so that the delivery is over.
    delivery.remote_settled = true;
  }
}
