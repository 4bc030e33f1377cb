/** Whether an entity takes and gives messages. */
export type EntityStatus = 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled';

/** How a queue or subscription hands out its messages. */
export interface QueueOptions {
  /** How long a receiver has a message or a session; 60 s unless given. */
  readonly lockDurationMs?: number;
  /** Deliveries that may fail before the message is dead-lettered; 10 unless given. */
  readonly maxDeliveryCount?: number;
  /** Whether messages are received session by session. */
  readonly requiresSession?: boolean;
  /** Longest life of a message; without end unless given. */
  readonly defaultMessageTimeToLiveMs?: number;
  /** Whether a message whose life has ended is dead-lettered; it vanishes unless set. */
  readonly deadLetteringOnMessageExpiration?: boolean;
  readonly status?: EntityStatus;
}

/** What a queue or topic takes in. */
export interface IngressOptions {
  /** Whether a message whose id was seen lately is dropped. */
  readonly requiresDuplicateDetection?: boolean;
  /** How long message ids are remembered; 10 minutes unless given. */
  readonly duplicateDetectionHistoryTimeWindowMs?: number;
  readonly status?: EntityStatus;
}

/** A topic with its subscriptions by name. */
export interface TopicOptions extends IngressOptions {
  readonly defaultMessageTimeToLiveMs?: number;
  readonly subscriptions?: Readonly<Record<string, QueueOptions>>;
}

/** The entities of a namespace by name. */
export interface NamespaceOptions {
  readonly topics?: Readonly<Record<string, TopicOptions>>;
  readonly queues?: Readonly<Record<string, QueueOptions & IngressOptions>>;
}
