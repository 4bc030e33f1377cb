import type { Ingress } from '../broker/ingress.ts';
import { parseMessage } from '../codec/message-content.ts';
import { CONDITION, messageTooLarge, ServiceBusError } from '../service-bus-error.ts';
import { invalid } from './management-body.ts';
import { longs, type ManagementRequest, type Operation } from './operation.ts';

function ingressOf({ entity }: ManagementRequest): Ingress {
  if (entity.ingress !== undefined) return entity.ingress;
  throw new ServiceBusError(
    CONDITION.notAllowed,
    `The operation is not allowed on the entity '${entity.path}'.`,
  );
}

/** Takes messages that are to be enqueued later. */
export const scheduleMessages: Operation = (request) => {
  const contents = request.body.list('messages').map((entry) => {
    const { message } = entry as { readonly message?: unknown };
    if (!Buffer.isBuffer(message)) throw invalid('messages');
    const { maxMessageBytes } = request;
    if (message.length > maxMessageBytes) {
      throw messageTooLarge(0, message.length, maxMessageBytes);
    }
    return parseMessage(Buffer.from(message));
  });
  const numbers = ingressOf(request).schedule(contents, request.nowMs);
  return { status: 200, body: { 'sequence-numbers': longs(numbers) } };
};

/** Takes back messages that are not enqueued yet. */
export const cancelScheduledMessages: Operation = (request) => {
  ingressOf(request).cancel(request.body.numbers('sequence-numbers'));
  return { status: 200 };
};
