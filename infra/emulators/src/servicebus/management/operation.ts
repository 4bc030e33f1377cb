import rhea from 'rhea';
import type { Entity } from '../broker/namespace.ts';
import type { MessageQueue } from '../broker/message-queue.ts';
import type { SessionLock } from '../broker/session-lane.ts';
import { CONDITION, ServiceBusError } from '../service-bus-error.ts';
import type { ManagementBody } from './management-body.ts';

/** A request to the management node of an entity. */
export interface ManagementRequest {
  readonly entity: Entity;
  readonly body: ManagementBody;
  readonly nowMs: number;
  readonly maxMessageBytes: number;
  /** Whether the connection that asks holds this lock of a session. */
  readonly holds: (session: SessionLock) => boolean;
}

/** The answer to a {@link ManagementRequest}: a status of the 200s and a body. */
export interface ManagementAnswer {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What a management node can do, by the name of the operation. */
export type Operation = (request: ManagementRequest) => ManagementAnswer;

/** The queue that a request is about. Throws when it is about a topic. */
export function queueOf({ entity }: ManagementRequest): MessageQueue {
  if (entity.queue !== undefined) return entity.queue;
  throw new ServiceBusError(
    CONDITION.notAllowed,
    `The operation is not allowed on the entity '${entity.path}'.`,
  );
}

/** The session that a request names; undefined when it names none. Throws when the connection does not have it. */
export function sessionOf(request: ManagementRequest): SessionLock | undefined {
  const sessionId = request.body.optionalString('session-id');
  const queue = queueOf(request);
  if (sessionId === undefined || !queue.hasSessions) return undefined;
  const lock = queue.sessionLock(sessionId, request.nowMs);
  if (request.holds(lock)) return lock;
  throw new ServiceBusError(
    CONDITION.sessionLockLost,
    `The session '${sessionId}' is locked by another receiver.`,
  );
}

const LONG_ARRAY = 0x81;
const TIMESTAMP_ARRAY = 0x83;

/** An array of sequence numbers as AMQP carries it. */
export function longs(values: readonly number[]): unknown {
  return rhea.types.wrap_array(values, LONG_ARRAY, undefined);
}

/** An array of instants as AMQP carries it. */
export function timestamps(values: readonly number[]): unknown {
  return rhea.types.wrap_array(values, TIMESTAMP_ARRAY, undefined);
}
