import { randomBytes } from 'node:crypto';

/** The service's `_rid` of bytes: base64 with `-` in place of `/`, so that it fits into a path. */
function ridOf(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('/', '-');
}

/** `_rid` of a new database: 4 bytes. */
export function newDatabaseRid(): string {
  return ridOf(randomBytes(4));
}

/** `_rid` of a new container: 8 bytes that begin with those of its database. */
export function newContainerRid(databaseRid: string): string {
  const bytes = Buffer.concat([bytesOf(databaseRid), randomBytes(4)]);
  bytes.writeUInt8(bytes.readUInt8(4) | 0x80, 4);
  return ridOf(bytes);
}

/** `_rid` of an item: 16 bytes that begin with those of its container; the rest counts up. */
export function itemRid(containerBytes: Buffer, sequence: number): string {
  const bytes = Buffer.alloc(16);
  containerBytes.copy(bytes);
  bytes.writeUInt32LE(sequence % 0x1_0000_0000, 8);
  bytes.writeUInt32LE(Math.floor(sequence / 0x1_0000_0000), 12);
  return ridOf(bytes);
}

/** The place in the order of creation that {@link itemRid} wrote into a `_rid`. */
export function sequenceOf(rid: string): number {
  const bytes = bytesOf(rid);
  return bytes.readUInt32LE(8) + bytes.readUInt32LE(12) * 0x1_0000_0000;
}

/** The bytes behind a `_rid`. */
export function bytesOf(rid: string): Buffer {
  return Buffer.from(rid.replaceAll('-', '/'), 'base64');
}

const instance = randomBytes(4).toString('hex');
let written = 0;

/** A new `_etag`: a quoted GUID that no other write of this or another process has. */
export function newEtag(timestamp: number): string {
  written += 1;
  const count = written.toString(16).padStart(8, '0');
  const seconds = timestamp.toString(16).padStart(8, '0');
  return `"${count.slice(-8)}-0000-${instance.slice(0, 4)}-${instance.slice(4)}-${seconds}0000"`;
}
