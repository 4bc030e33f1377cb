/** The bytes of a GUID as .NET writes them: its first three groups in little-endian order. The order is its own inverse. */
const DOTNET_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

function reordered(bytes: Buffer): Buffer {
  return Buffer.from(DOTNET_ORDER.map((at) => bytes.readUInt8(at)));
}

/** The 16 bytes of a lock token in the order of RFC 4122, as management requests carry it. */
export function uuidBytes(token: string): Buffer {
  return Buffer.from(token.replaceAll('-', ''), 'hex');
}

/** The lock token that 16 bytes in the order of RFC 4122 spell. */
export function tokenOfUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** The delivery tag of a message under a lock: the token as .NET serializes a GUID. */
export function deliveryTag(token: string): Buffer {
  return reordered(uuidBytes(token));
}
