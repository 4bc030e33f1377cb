/** Error conditions that clients know, as they stand on the wire. */
export const CONDITION = {
  unauthorized: 'amqp:unauthorized-access',
  notFound: 'amqp:not-found',
  notAllowed: 'amqp:not-allowed',
  notImplemented: 'amqp:not-implemented',
  invalidField: 'amqp:invalid-field',
  decodeError: 'amqp:decode-error',
  internalError: 'amqp:internal-error',
  messageTooLarge: 'amqp:link:message-size-exceeded',
  argument: 'com.microsoft:argument-error',
  messageLockLost: 'com.microsoft:message-lock-lost',
  sessionLockLost: 'com.microsoft:session-lock-lost',
  sessionCannotBeLocked: 'com.microsoft:session-cannot-be-locked',
  messageNotFound: 'com.microsoft:message-not-found',
  timeout: 'com.microsoft:timeout',
  entityDisabled: 'com.microsoft:entity-disabled',
  serverBusy: 'com.microsoft:server-busy',
} as const;

/** One of {@link CONDITION}. */
export type Condition = (typeof CONDITION)[keyof typeof CONDITION];

const STATUS: Partial<Readonly<Record<Condition, number>>> = {
  [CONDITION.unauthorized]: 401,
  [CONDITION.notFound]: 404,
  [CONDITION.messageNotFound]: 404,
  [CONDITION.notImplemented]: 501,
  [CONDITION.internalError]: 500,
  [CONDITION.messageLockLost]: 410,
  [CONDITION.sessionLockLost]: 410,
  [CONDITION.entityDisabled]: 403,
  [CONDITION.serverBusy]: 503,
  [CONDITION.timeout]: 408,
};

/** What the service refuses; becomes the error of a link, a settlement or a response. */
export class ServiceBusError extends Error {
  override readonly name = 'ServiceBusError';
  readonly condition: Condition;

  constructor(condition: Condition, message: string) {
    super(message);
    this.condition = condition;
  }

  /** Status of a response to a management request. */
  get status(): number {
    return STATUS[this.condition] ?? 400;
  }

  /** The error as AMQP carries it. */
  get amqpError(): { readonly condition: string; readonly description: string } {
    return { condition: this.condition, description: this.message };
  }
}

/** Any error as one of the service; what is unknown becomes an internal error. */
export function asServiceBusError(error: unknown): ServiceBusError {
  if (error instanceof ServiceBusError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError || error instanceof TypeError) {
    return new ServiceBusError(CONDITION.decodeError, text);
  }
  return new ServiceBusError(CONDITION.internalError, text);
}

/** The lock is unknown, ended, or used up. */
export function messageLockLost(): ServiceBusError {
  return new ServiceBusError(
    CONDITION.messageLockLost,
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
  );
}

/** The session's lock ended, or another receiver has it. */
export function sessionLockLost(sessionId: string): ServiceBusError {
  return new ServiceBusError(
    CONDITION.sessionLockLost,
    `The session lock has expired on the MessageSession. Accept a new MessageSession. Session: ${sessionId}`,
  );
}

/** The message is above the limit of the namespace's tier. */
export function messageTooLarge(
  deliveryId: number,
  bytes: number,
  maxBytes: number,
): ServiceBusError {
  return new ServiceBusError(
    CONDITION.messageTooLarge,
    `The received message (delivery-id:${deliveryId}, size:${bytes} bytes) exceeds the limit (${maxBytes} bytes) currently allowed on the link.`,
  );
}

/** No entity has this path. */
export function entityNotFound(path: string): ServiceBusError {
  return new ServiceBusError(
    CONDITION.notFound,
    `The messaging entity '${path}' could not be found.`,
  );
}

/** The namespace takes no more operations for now. */
export function serverBusy(): ServiceBusError {
  return new ServiceBusError(
    CONDITION.serverBusy,
    'The request was terminated because the entity is being throttled. Please wait 2 seconds and try again.',
  );
}
