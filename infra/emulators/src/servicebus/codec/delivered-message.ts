import {
  NULL,
  boolean,
  compound,
  int,
  long,
  section,
  string,
  symbol,
  timestamp,
  ubyte,
  uint,
  uuid,
} from './encode-value.ts';
import { uuidBytes } from './lock-token.ts';
import { SECTION, type MessageContent } from './message-content.ts';

const MESSAGE_STATE = { active: 0, deferred: 1, scheduled: 2 } as const;

/** What the broker adds to a message when it hands it out. */
export interface DeliveredFields {
  readonly content: MessageContent;
  readonly sequenceNumber: number;
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedAtMs: number;
  /** Deliveries before this one. */
  readonly deliveryCount: number;
  readonly state: keyof typeof MESSAGE_STATE;
  readonly ttlMs: number | undefined;
  readonly lockedUntilMs: number | undefined;
  /** Name of the entity whose dead-letter queue holds the message. */
  readonly deadLetterSource: string | undefined;
}

const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  'x-opt-sequence-number',
  'x-opt-enqueue-sequence-number',
  'x-opt-enqueued-time',
  'x-opt-locked-until',
  'x-opt-message-state',
  'x-opt-deadletter-source',
]);

function header(fields: DeliveredFields): Buffer {
  const { content, ttlMs, deliveryCount } = fields;
  return section(
    SECTION.header,
    compound('list', [
      boolean(content.durable),
      ubyte(content.priority),
      ttlMs === undefined ? NULL : uint(Math.min(ttlMs, 0xffffffff)),
      NULL,
      uint(deliveryCount),
    ]),
  );
}

function annotations(fields: DeliveredFields): Buffer {
  const entries = fields.content.annotations
    .filter(({ name }) => !OWN_ANNOTATIONS.has(name))
    .map(({ bytes }) => bytes);
  const add = (name: string, value: Buffer): void => {
    entries.push(Buffer.concat([symbol(name), value]));
  };
  add('x-opt-sequence-number', long(fields.sequenceNumber));
  add('x-opt-enqueue-sequence-number', long(fields.enqueuedSequenceNumber));
  add('x-opt-enqueued-time', timestamp(fields.enqueuedAtMs));
  add('x-opt-message-state', int(MESSAGE_STATE[fields.state]));
  if (fields.lockedUntilMs !== undefined) {
    add('x-opt-locked-until', timestamp(fields.lockedUntilMs));
  }
  if (fields.deadLetterSource !== undefined) {
    add('x-opt-deadletter-source', string(fields.deadLetterSource));
  }
  // Each entry is a key and a value, which count as two items of the map.
  const map = compound('map', entries);
  map.writeUInt32BE(entries.length * 2, 5);
  return section(SECTION.messageAnnotations, map);
}

/** Encodes a message for its receiver; with a lock token as an annotation where there is no delivery tag to carry it. */
export function encodeDelivered(fields: DeliveredFields, lockToken?: string): Buffer {
  const token =
    lockToken === undefined
      ? []
      : [
          section(
            SECTION.deliveryAnnotations,
            compound('map', [symbol('x-opt-lock-token'), uuid(uuidBytes(lockToken))]),
          ),
        ];
  return Buffer.concat([header(fields), ...token, annotations(fields), fields.content.bare]);
}
