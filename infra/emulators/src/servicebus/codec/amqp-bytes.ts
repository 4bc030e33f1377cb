/** Where one encoded AMQP value lies in a buffer. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const DESCRIBED = 0x00;

/** Bytes after the type code of a value with fixed width, by the high half of the code. */
const FIXED_WIDTH: Readonly<Record<number, number>> = {
  4: 0,
  5: 1,
  6: 2,
  7: 4,
  8: 8,
  9: 16,
};

/** The first position behind the value that begins at `start`. Throws a RangeError when the bytes end before. */
export function endOfValue(bytes: Buffer, start: number): number {
  const code = bytes.readUInt8(start);
  if (code === DESCRIBED) return endOfValue(bytes, endOfValue(bytes, start + 1));
  const kind = code >> 4;
  const fixed = FIXED_WIDTH[kind];
  const end =
    fixed === undefined
      ? kind % 2 === 0
        ? start + 2 + bytes.readUInt8(start + 1)
        : start + 5 + bytes.readUInt32BE(start + 1)
      : start + 1 + fixed;
  if (end > bytes.length) throw new RangeError('An AMQP value ends after the last byte');
  return end;
}

/** The content of a binary, string or symbol without its constructor; undefined when it is something else. */
export function contentOf(bytes: Buffer, { start, end }: Span): Buffer | undefined {
  const code = bytes.readUInt8(start);
  const kind = code >> 4;
  if (kind === 0xa) return bytes.subarray(start + 2, end);
  if (kind === 0xb) return bytes.subarray(start + 5, end);
  return undefined;
}

/** The keys and values of an encoded map; nothing when the value is not a map. */
export function mapEntriesOf(
  bytes: Buffer,
  { start }: Span,
): { readonly key: Span; readonly value: Span }[] {
  const code = bytes.readUInt8(start);
  if (code !== 0xc1 && code !== 0xd1) return [];
  const small = code === 0xc1;
  const count = small ? bytes.readUInt8(start + 2) : bytes.readUInt32BE(start + 5);
  let at = start + (small ? 3 : 9);
  return Array.from({ length: Math.floor(count / 2) }, () => {
    const key = { start: at, end: endOfValue(bytes, at) };
    const value = { start: key.end, end: endOfValue(bytes, key.end) };
    at = value.end;
    return { key, value };
  });
}
