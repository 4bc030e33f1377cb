/** An encoded symbol. */
export function symbol(text: string): Buffer {
  return variable(0xa3, 0xb3, Buffer.from(text, 'ascii'));
}

/** An encoded string. */
export function string(text: string): Buffer {
  return variable(0xa1, 0xb1, Buffer.from(text, 'utf8'));
}

/** An encoded binary. */
export function binary(content: Buffer): Buffer {
  return variable(0xa0, 0xb0, content);
}

/** An encoded long. */
export function long(value: number): Buffer {
  return eightBytes(0x81, value);
}

/** An encoded timestamp of milliseconds since 1970. */
export function timestamp(atMs: number): Buffer {
  return eightBytes(0x83, atMs);
}

/** An encoded int. */
export function int(value: number): Buffer {
  const bytes = Buffer.alloc(5, 0x71);
  bytes.writeInt32BE(value, 1);
  return bytes;
}

/** An encoded uint. */
export function uint(value: number): Buffer {
  const bytes = Buffer.alloc(5, 0x70);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

/** An encoded ubyte. */
export function ubyte(value: number): Buffer {
  return Buffer.from([0x50, value]);
}

/** An encoded boolean. */
export function boolean(value: boolean): Buffer {
  return Buffer.from([value ? 0x41 : 0x42]);
}

/** An encoded uuid of its 16 bytes in the order of RFC 4122. */
export function uuid(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x98]), bytes]);
}

/** An encoded null. */
export const NULL: Buffer = Buffer.from([0x40]);

/** A value of which only the JavaScript type is known. */
export function anyValue(value: unknown): Buffer {
  if (typeof value === 'string') return string(value);
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'number') return number(value);
  if (value instanceof Date) return timestamp(value.getTime());
  if (Buffer.isBuffer(value)) return binary(value);
  return value === null || value === undefined ? NULL : string(JSON.stringify(value));
}

function number(value: number): Buffer {
  if (Number.isInteger(value) && Math.abs(value) <= 0x7fffffff) return int(value);
  if (Number.isSafeInteger(value)) return long(value);
  const bytes = Buffer.alloc(9, 0x82);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function variable(smallCode: number, code: number, content: Buffer): Buffer {
  if (content.length < 256)
    return Buffer.concat([Buffer.from([smallCode, content.length]), content]);
  const head = Buffer.alloc(5, code);
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

function eightBytes(code: number, value: number): Buffer {
  const bytes = Buffer.alloc(9, code);
  bytes.writeBigInt64BE(BigInt(Math.trunc(value)), 1);
  return bytes;
}

/** A list or map of values that are encoded already. */
export function compound(kind: 'list' | 'map', items: readonly Buffer[]): Buffer {
  const content = Buffer.concat(items);
  const head = Buffer.alloc(9, kind === 'list' ? 0xd0 : 0xd1);
  head.writeUInt32BE(content.length + 4, 1);
  head.writeUInt32BE(items.length, 5);
  return Buffer.concat([head, content]);
}

/** One section of a message: a value under the code of its descriptor. */
export function section(code: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x00, 0x53, code]), value]);
}
