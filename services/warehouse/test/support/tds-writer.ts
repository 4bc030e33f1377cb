/** What a statement gave. */
export interface TdsResult {
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  readonly changed: number;
}

const u8 = (value: number): Buffer => Buffer.from([value]);
const u16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
};
const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
};
const u64 = (value: bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
};
const shortText = (text: string): Buffer =>
  Buffer.concat([u8(text.length), Buffer.from(text, 'utf16le')]);
const text = (value: string): Buffer =>
  Buffer.concat([u16(value.length), Buffer.from(value, 'utf16le')]);

function token(kind: number, body: Buffer): Buffer {
  return Buffer.concat([u8(kind), u16(body.length), body]);
}

/** The end of what came of a statement. */
export function done(changed: number, isError = false): Buffer {
  const status = (isError ? 0x02 : 0) | 0x10;
  return Buffer.concat([u8(0xfd), u16(status), u16(0), u64(BigInt(changed))]);
}

/** The answer to a login. */
export function loginAck(): Buffer {
  const version = Buffer.from([0x74, 0, 0, 4]);
  const body = Buffer.concat([u8(1), version, shortText('emulated pool'), u32(0)]);
  return Buffer.concat([token(0xad, body), done(0)]);
}

/** The answer to PRELOGIN: no encryption. */
export function preLogin(): Buffer {
  return Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 12, 0, 0, 0, 0, 0, 2]);
}

/** A refusal. */
export function refusal(number: number, message: string): Buffer {
  const body = [
    u32(number),
    u8(1),
    u8(16),
    text(message),
    shortText('pool'),
    shortText(''),
    u32(1),
  ];
  return Buffer.concat([token(0xaa, Buffer.concat(body)), done(0, true)]);
}

/** Tells that a transaction has begun, or that it has ended. */
export function transactionChange(kind: 'begun' | 'committed' | 'rolled back', id: bigint): Buffer {
  const type = { begun: 8, committed: 9, 'rolled back': 10 }[kind];
  const described = Buffer.concat([u8(8), u64(id)]);
  const values = kind === 'begun' ? [described, u8(0)] : [u8(0), described];
  return token(0xe3, Buffer.concat([u8(type), ...values]));
}

/** Rows, and how many were changed. Numbers are BIGINT or FLOAT, everything else is NVARCHAR(MAX). */
export function resultOf({ rows, changed }: TdsResult): Buffer {
  const [first] = rows;
  if (!first) return done(changed);
  const names = Object.keys(first);
  const kinds = names.map((name) => {
    const some = rows.map((row) => row[name]).filter((value) => typeof value === 'number');
    if (some.length === 0) return 'text';
    return some.every((value) => Number.isInteger(value)) ? 'integer' : 'double';
  });
  const columns = names.map((name, index) => {
    const type = {
      integer: Buffer.from([0x26, 8]),
      double: Buffer.from([0x6d, 8]),
      text: Buffer.from([0xe7, 0xff, 0xff, 0x09, 0x04, 0xd0, 0, 0x34]),
    }[kinds[index] ?? 'text'];
    return Buffer.concat([u32(0), u16(1), type, shortText(name)]);
  });
  const described = Buffer.concat([u8(0x81), u16(names.length), ...columns]);
  const written = rows.map((row) =>
    Buffer.concat([
      u8(0xd1),
      ...names.map((name, at) => cell(kinds[at] ?? 'text', row[name] ?? null)),
    ]),
  );
  return Buffer.concat([described, ...written, done(rows.length)]);
}

function cell(kind: 'integer' | 'double' | 'text', value: string | number | null): Buffer {
  if (kind === 'text') {
    if (value === null) return Buffer.alloc(8, 0xff);
    const bytes = Buffer.from(String(value), 'utf16le');
    const length = u64(BigInt(bytes.length));
    return Buffer.concat([length, ...(bytes.length > 0 ? [u32(bytes.length), bytes] : []), u32(0)]);
  }
  if (value === null) return u8(0);
  if (kind === 'integer') {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(BigInt(value));
    return Buffer.concat([u8(8), buffer]);
  }
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(Number(value));
  return Buffer.concat([u8(8), buffer]);
}
