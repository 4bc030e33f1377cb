import { z } from 'zod';
import { canonicalJson } from '../canonical/canonical-json.ts';
import { shortened } from '../canonical/well-formed.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { Instant } from '../wake/wake-condition.ts';

/** The most bytes of an item as canonical JSON in UTF-8: 128 KiB. */
export const MAX_STREAM_ITEM_BYTES = 128 * 1024;

/** The name of a stream. */
export const StreamName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,199}$/,
    'must be 1-200 of a-z, 0-9, dot, underscore and hyphen, and begin with a letter or digit',
  );

const AttributeScalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One attribute of an item: a JSON scalar, or a list of scalars. */
export const AttributeValue = z.union([AttributeScalar, z.array(AttributeScalar)], {
  error: 'must be a text, a number, true, false, null, or a list of these',
});
export type AttributeValue = z.infer<typeof AttributeValue>;

/** The most attributes of one item. */
export const MAX_ATTRIBUTES = 64;

const Attributes = z
  .record(z.string().min(1).max(200), AttributeValue)
  .refine((attributes) => Object.keys(attributes).length <= MAX_ATTRIBUTES, {
    error: `must have at most ${MAX_ATTRIBUTES} keys`,
  });

/** One item of a stream, as conditions of kind `stream` see it. */
export const StreamItem = z.strictObject({
  /** Unique in its stream: an item that comes again under the same id is the same item. */
  id: z.string().min(1).max(200),
  stream: StreamName,
  /** When it happened, or was received. */
  at: Instant,
  /** Who says so, such as a journal or a sensor; may be empty. */
  source: z.string().max(200),
  title: z.string().max(1000),
  attributes: Attributes,
  body: z.string().max(100_000).optional(),
});
export type StreamItem = z.infer<typeof StreamItem>;

/** What an outsider has to say of an item: its id. The rest has defaults; `at` may be of any zone and precision. */
export const StreamItemInput = StreamItem.extend({
  stream: StreamName.optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  source: StreamItem.shape.source.default(''),
  title: StreamItem.shape.title.default(''),
  attributes: Attributes.default({}),
});
export type StreamItemInput = z.input<typeof StreamItemInput>;

/**
 * The item that an outsider gave to a stream, with defaults for what was left out: `source` and `title` are empty,
 * `attributes` is `{}`, `at` is the instant of receipt. Pure: equal arguments give equal items.
 *
 * @throws MaestroError `stream.item_invalid` when it does not fit, names another stream, or holds half a surrogate pair;
 * `stream.item_too_large` when it exceeds 128 KiB. The message names the item's id.
 */
export function readStreamItem(input: unknown, stream: string, nowMs: number): StreamItem {
  const parsed = StreamItemInput.safeParse(input);
  if (!parsed.success) {
    throw itemError('stream.item_invalid', idOf(input), stream, detailsOf(parsed.error));
  }
  const { at, stream: named, ...rest } = parsed.data;
  if (!StreamName.safeParse(stream).success || (named ?? stream) !== stream) {
    throw itemError('stream.item_invalid', rest.id, stream, [
      { at: '/stream', message: `must be the name of the stream that it is given to` },
    ]);
  }
  const instant = new Date(at === undefined ? nowMs : Date.parse(at)).toISOString();
  if (!Instant.safeParse(instant).success) {
    throw itemError('stream.item_invalid', rest.id, stream, [
      { at: '/at', message: 'must be before the year 10000' },
    ]);
  }
  const item = { ...rest, stream, at: instant };
  checkStreamItemSize(item);
  return item;
}

/**
 * Checks that an item can be stored: that it has a canonical form of at most 128 KiB.
 *
 * @throws MaestroError `stream.item_invalid` or `stream.item_too_large`, naming the item's id.
 */
export function checkStreamItemSize(item: StreamItem): void {
  let bytes: number;
  try {
    bytes = Buffer.byteLength(canonicalJson(item));
  } catch (error) {
    const message = error instanceof Error ? error.message : 'it has no JSON form';
    throw itemError('stream.item_invalid', item.id, item.stream, [{ at: '', message }]);
  }
  if (bytes > MAX_STREAM_ITEM_BYTES) {
    throw itemError('stream.item_too_large', item.id, item.stream, [
      { at: '', message: `has ${bytes} bytes; ${MAX_STREAM_ITEM_BYTES} are allowed` },
    ]);
  }
}

function idOf(input: unknown): string {
  const id = typeof input === 'object' && input !== null && 'id' in input ? input.id : undefined;
  return typeof id === 'string' ? id : '(none)';
}

function detailsOf(error: z.ZodError): { at: string; message: string }[] {
  return error.issues.map((issue) => ({
    at: issue.path.map((step) => `/${escapePointer(String(step))}`).join(''),
    message: issue.message,
  }));
}

function escapePointer(part: string): string {
  return shortened(part, 200).replaceAll('~', '~0').replaceAll('/', '~1');
}

function itemError(
  code: ErrorCode,
  id: string,
  stream: string,
  details: readonly { readonly at: string; readonly message: string }[],
): MaestroError {
  const [first] = details;
  const problem = first ? `${first.at} ${first.message}`.trim() : 'is not valid';
  const where = `item '${shortened(id, 80)}' of stream '${shortened(stream, 80)}'`;
  return new MaestroError(code, `${where}: ${problem}`, { details });
}
