import type { Ingress } from '../broker/ingress.ts';
import { BATCH_FORMAT, parseBatch, parseMessage } from '../codec/message-content.ts';
import { asServiceBusError, CONDITION, type ServiceBusError } from '../service-bus-error.ts';
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
    if (message.length > maxMessageBytes) {
      link.close({
        condition: CONDITION.messageTooLarge,
        description: `The received message (delivery-id:${delivery.id}, size:${message.length} bytes) exceeds the limit (${maxMessageBytes} bytes) currently allowed on the link.`,
      });
      return;
    }
    const refusal = take(ingress, message, format, now, check);
    if (refusal === undefined) delivery.accept();
    else delivery.reject(refusal.amqpError);
  });
  link.add_credit(CREDIT);
}

function take(
  ingress: Ingress,
  message: Buffer,
  format: number,
  now: () => number,
  check: () => void,
): ServiceBusError | undefined {
  try {
    check();
    // The bytes of a transfer are a part of what the socket read at once, which would be kept with them.
    const own = Buffer.from(message);
    ingress.send(format === BATCH_FORMAT ? parseBatch(own) : [parseMessage(own)], now());
    return undefined;
  } catch (error) {
    return asServiceBusError(error);
  }
}
