import type { Ingress } from '../broker/ingress.ts';
import { BATCH_FORMAT, parseBatch, parseMessage } from '../codec/message-content.ts';
import { asServiceBusError, messageTooLarge, type ServiceBusError } from '../service-bus-error.ts';
import type { RheaContext, RheaReceiver } from './rhea-link.ts';

const CREDIT = 500;
const TOP_UP_AT = CREDIT / 2;

/** What a link of a sender needs besides the entity. */
export interface ProducerContext {
  readonly now: () => number;
  readonly maxMessageBytes: number;
  /** Throws when the sender must not send now. */
  readonly check: () => void;
}

/** Takes what arrives on a link into a topic or queue, and answers each transfer once it is in the journal. */
export function serveProducer(
  link: RheaReceiver,
  ingress: Ingress,
  { now, maxMessageBytes, check }: ProducerContext,
): void {
  let used = 0;
  link.on('message', ({ message, format, delivery }: RheaContext) => {
    used += 1;
    if (used >= TOP_UP_AT) {
      link.add_credit(used);
      used = 0;
    }
    const refusal = take(() => {
      check();
      if (message.length > maxMessageBytes) {
        throw messageTooLarge(delivery.id, message.length, maxMessageBytes);
      }
      // The bytes of a transfer are a part of what the socket read at once, which would be kept with them.
      const own = Buffer.from(message);
      ingress.send(format === BATCH_FORMAT ? parseBatch(own) : [parseMessage(own)], now());
    });
    if (refusal === undefined) delivery.accept();
    else delivery.reject(refusal.amqpError);
  });
  link.add_credit(CREDIT);
}

function take(send: () => void): ServiceBusError | undefined {
  try {
    send();
    return undefined;
  } catch (error) {
    return asServiceBusError(error);
  }
}
