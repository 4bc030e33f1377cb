import rhea from 'rhea';
import { contentOf, endOfValue, mapEntriesOf, type Span } from './amqp-bytes.ts';
import { anyValue, compound, section, string } from './encode-value.ts';

/** Codes of the sections of a message. */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
} as const;

/** Message format of a transfer that carries several messages as data sections. */
export const BATCH_FORMAT = 0x80013700;

interface Section extends Span {
  readonly code: number;
  readonly value: Span;
}

/** A message as its sender encoded it. Everything that the broker does not own keeps its bytes. */
export interface MessageContent {
  /** The whole message, as {@link parseMessage} takes it. */
  readonly encoded: Buffer;
  readonly durable: boolean;
  readonly priority: number;
  /** Undefined when the sender set none. */
  readonly ttlMs: number | undefined;
  /** Text of the message id whatever its type; undefined when there is none. */
  readonly messageId: string | undefined;
  readonly sessionId: string | undefined;
  /** Undefined when the message is to be enqueued at once. */
  readonly scheduledAtMs: number | undefined;
  /** The sender's message annotations. */
  readonly annotations: readonly AnnotationBytes[];
  /** Properties, application properties, body and footer. */
  readonly bare: Buffer;
}

/** One encoded entry of a map with its name. */
export interface AnnotationBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

function sectionsOf(encoded: Buffer): Section[] {
  const sections: Section[] = [];
  for (let start = 0; start < encoded.length;) {
    const end = endOfValue(encoded, start);
    const valueStart = endOfValue(encoded, start + 1);
    const code =
      encoded.readUInt8(start + 1) === 0x80
        ? Number(encoded.readBigUInt64BE(start + 2))
        : encoded.readUInt8(start + 2);
    sections.push({ code, start, end, value: { start: valueStart, end } });
    start = end;
  }
  return sections;
}

function namedEntries(
  encoded: Buffer,
  sections: readonly Section[],
  code: number,
): AnnotationBytes[] {
  return sections
    .filter((one) => one.code === code)
    .flatMap(({ value }) => mapEntriesOf(encoded, value))
    .map(({ key, value }) => ({
      name: contentOf(encoded, key)?.toString('utf8') ?? '',
      bytes: encoded.subarray(key.start, value.end),
    }));
}

function numberOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value;
  return Buffer.isBuffer(value) && value.length === 8 ? Number(value.readBigInt64BE()) : undefined;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Reads an encoded message. Throws a RangeError or TypeError when it is not well formed. */
export function parseMessage(encoded: Buffer): MessageContent {
  const sections = sectionsOf(encoded);
  const head = sections.filter(({ code }) => code <= SECTION.properties);
  const decoded = rhea.message.decode(
    Buffer.concat(head.map(({ start, end }) => encoded.subarray(start, end))),
  );
  const annotations = (decoded['message_annotations'] ?? {}) as Record<string, unknown>;
  const ttlMs = numberOf(decoded['ttl']);
  return {
    encoded,
    durable: decoded['durable'] === true,
    priority: numberOf(decoded['priority']) ?? 4,
    ttlMs: ttlMs === undefined || ttlMs === 0 ? undefined : ttlMs,
    messageId: textOf(decoded['message_id']),
    sessionId: textOf(decoded['group_id']),
    scheduledAtMs: numberOf(annotations['x-opt-scheduled-enqueue-time']),
    annotations: namedEntries(encoded, sections, SECTION.messageAnnotations),
    bare: Buffer.concat(
      sections
        .filter(({ code }) => code >= SECTION.properties)
        .map(({ start, end }) => encoded.subarray(start, end)),
    ),
  };
}

/** The messages of a transfer in {@link BATCH_FORMAT}. */
export function parseBatch(encoded: Buffer): MessageContent[] {
  return sectionsOf(encoded)
    .filter(({ code }) => code === SECTION.data)
    .map(({ value }) => {
      const content = contentOf(encoded, value);
      if (content === undefined) throw new TypeError('A data section of a batch holds no binary');
      return parseMessage(content);
    });
}

/** The same message with application properties set, others keep their bytes. */
export function withApplicationProperties(
  content: MessageContent,
  properties: Readonly<Record<string, unknown>>,
): MessageContent {
  const names = Object.keys(properties);
  if (names.length === 0) return content;
  const { encoded } = content;
  const sections = sectionsOf(encoded);
  const kept = namedEntries(encoded, sections, SECTION.applicationProperties)
    .filter(({ name }) => !names.includes(name))
    .flatMap(({ bytes }) => [bytes]);
  const entries = kept.flatMap((bytes) => {
    const keyEnd = endOfValue(bytes, 0);
    return [bytes.subarray(0, keyEnd), bytes.subarray(keyEnd)];
  });
  for (const name of names) entries.push(string(name), anyValue(properties[name]));
  const parts = (keep: (code: number) => boolean): Buffer[] =>
    sections.filter(({ code }) => keep(code)).map(({ start, end }) => encoded.subarray(start, end));
  return parseMessage(
    Buffer.concat([
      ...parts((code) => code < SECTION.applicationProperties),
      section(SECTION.applicationProperties, compound('map', entries)),
      ...parts((code) => code > SECTION.applicationProperties),
    ]),
  );
}
