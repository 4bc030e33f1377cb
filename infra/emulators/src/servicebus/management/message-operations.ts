import rhea from 'rhea';
import { deliveredFields } from '../amqp/delivered-fields.ts';
import type { MessageQueue } from '../broker/message-queue.ts';
import type { HandedOut, Settlement } from '../broker/queued-message.ts';
import { encodeDelivered } from '../codec/delivered-message.ts';
import { uuidBytes } from '../codec/lock-token.ts';
import { invalid, type ManagementBody } from './management-body.ts';
import { queueOf, sessionOf, timestamps, type Operation } from './operation.ts';

const NO_CONTENT = 204;

/** Lengthens locks of messages. */
export const renewLock: Operation = (request) => {
  const queue = queueOf(request);
  const untilMs = request.body.lockTokens().map((token) => queue.renew(token, request.nowMs));
  return { status: 200, body: { expirations: timestamps(untilMs) } };
};

/** Ends locks of messages. */
export const updateDisposition: Operation = (request) => {
  const queue = queueOf(request);
  sessionOf(request);
  const settlement = settlementOf(request.body);
  for (const token of request.body.lockTokens()) queue.settle(token, settlement, request.nowMs);
  return { status: 200 };
};

function settlementOf(body: ManagementBody): Settlement {
  const properties = body.map('properties-to-modify');
  const status = body.string('disposition-status');
  switch (status) {
    case 'completed':
      return { outcome: 'complete' };
    case 'abandoned':
      return { outcome: 'abandon', properties };
    case 'defered':
      return { outcome: 'defer', properties };
    case 'suspended': {
      const reason = body.optionalString('deadletter-reason');
      const description = body.optionalString('deadletter-description');
      return {
        outcome: 'deadLetter',
        properties,
        ...(reason !== undefined && { reason }),
        ...(description !== undefined && { description }),
      };
    }
    default:
      throw invalid('disposition-status');
  }
}

/** Messages from a number on, also those that are scheduled, without locking them. */
export const peekMessages: Operation = (request) => {
  const { body, entity, nowMs } = request;
  const queue = queueOf(request);
  queue.advance(nowMs);
  const from = body.number('from-sequence-number');
  const count = body.number('message-count');
  const sessionId = body.optionalString('session-id');
  const messages = queue
    .peek(from, count, sessionId)
    .map((message) => deliveredFields(queue, message));
  for (const scheduled of entity.ingress?.scheduled ?? []) {
    const { sequenceNumber, content, atMs } = scheduled;
    if (sequenceNumber < from) continue;
    if (sessionId !== undefined && content.sessionId !== sessionId) continue;
    messages.push({
      content,
      sequenceNumber,
      enqueuedSequenceNumber: 0,
      enqueuedAtMs: atMs,
      deliveryCount: 0,
      state: 'scheduled',
      ttlMs: content.ttlMs,
      lockedUntilMs: undefined,
      deadLetterSource: undefined,
    });
  }
  if (messages.length === 0) return { status: NO_CONTENT };
  messages.sort((one, other) => one.sequenceNumber - other.sequenceNumber);
  const encoded = messages
    .slice(0, count)
    .map((message) => ({ message: rhea.types.wrap_binary(encodeDelivered(message)) }));
  return { status: 200, body: { messages: encoded } };
};

/** Hands out deferred messages by their numbers. */
export const receiveBySequenceNumber: Operation = (request) => {
  const { body, nowMs } = request;
  const queue = queueOf(request);
  const mode = body.number('receiver-settle-mode') === 0 ? 'delete' : 'lock';
  const numbers = body.numbers('sequence-numbers');
  const messages = queue
    .deferredMessages(numbers, mode, nowMs, sessionOf(request))
    .map((handedOut) => entryOf(queue, handedOut));
  return { status: 200, body: { messages } };
};

function entryOf(queue: MessageQueue, { message, lock }: HandedOut): Record<string, unknown> {
  const fields = deliveredFields(queue, message);
  return {
    message: rhea.types.wrap_binary(encodeDelivered(fields, lock?.token)),
    ...(lock && { 'lock-token': rhea.types.wrap_uuid(uuidBytes(lock.token)) }),
  };
}
