/** A statement that came, as a batch or through `sp_executesql`. */
export interface TdsStatement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number | null>>;
  /** Whether it named the transaction that the server had told it of. */
  readonly transaction: boolean;
}

/** Reads the fields of a message of TDS 7.4, in their order. */
export class TdsReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#data.length;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  u8(): number {
    return this.#data.readUInt8(this.#move(1));
  }

  u16(): number {
    return this.#data.readUInt16LE(this.#move(2));
  }

  u32(): number {
    return this.#data.readUInt32LE(this.#move(4));
  }

  bytes(length: number): Buffer {
    const at = this.#move(length);
    return this.#data.subarray(at, at + length);
  }

  /** A text whose length in characters is in one byte before it. */
  shortText(): string {
    return this.bytes(this.u8() * 2).toString('utf16le');
  }

  rest(): Buffer {
    return this.bytes(this.#data.length - this.#at);
  }

  /** The headers before a batch or a call. @returns the descriptor of the transaction. */
  headers(): bigint {
    const end = this.#at + this.#data.readUInt32LE(this.#at);
    this.skip(4);
    let transaction = 0n;
    while (this.#at < end) {
      const next = this.#at + this.u32();
      if (this.u16() === 2) transaction = this.bytes(8).readBigUInt64LE();
      this.#at = next;
    }
    return transaction;
  }

  /** A call of `sp_executesql`: the statement, the declarations, the parameters. */
  call(): Pick<TdsStatement, 'sql' | 'parameters'> {
    if (this.u16() !== 0xff_ff || this.u16() !== 10) throw new Error('only sp_executesql is known');
    this.skip(2);
    const values: [string, string | number | null][] = [];
    while (!this.isAtEnd) {
      const name = this.shortText();
      this.skip(1);
      values.push([name.replace('@', ''), this.#value()]);
    }
    const [[, sql] = ['', ''], , ...parameters] = values;
    return { sql: String(sql), parameters: Object.fromEntries(parameters) };
  }

  #value(): string | number | null {
    const type = this.u8();
    if (type === 0x26) {
      this.skip(1);
      const length = this.u8();
      return length === 0 ? null : this.bytes(length).readIntLE(0, Math.min(length, 6));
    }
    if (type !== 0xe7) throw new Error(`a type that is not known: 0x${type.toString(16)}`);
    const isLong = this.u16() === 0xff_ff;
    this.skip(5);
    if (!isLong) {
      const length = this.u16();
      return length === 0xff_ff ? null : this.bytes(length).toString('utf16le');
    }
    if (this.bytes(8).every((byte) => byte === 0xff)) return null;
    const parts: Buffer[] = [];
    for (let length = this.u32(); length > 0; length = this.u32()) parts.push(this.bytes(length));
    return Buffer.concat(parts).toString('utf16le');
  }

  #move(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }
}

/** A byte of a password as it was before it was mixed for the way. */
function clear(byte: number): number {
  const mixed = byte ^ 0xa5;
  return ((mixed >> 4) | (mixed << 4)) & 0xff;
}

/** User, password and database of a LOGIN7 message. */
export function loginOf(data: Buffer): Readonly<Record<'user' | 'password' | 'database', string>> {
  const field = (at: number): Buffer => {
    const from = data.readUInt16LE(at);
    return data.subarray(from, from + data.readUInt16LE(at + 2) * 2);
  };
  return {
    user: field(40).toString('utf16le'),
    password: Buffer.from(field(44).map((byte) => clear(byte))).toString('utf16le'),
    database: field(68).toString('utf16le'),
  };
}
