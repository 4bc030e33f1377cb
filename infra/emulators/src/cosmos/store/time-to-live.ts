import { badRequest } from '../cosmos-error.ts';
import type { Json } from '../json.ts';

const MAX_SECONDS = 2_147_483_647;

function isTimeToLive(value: Json): value is number {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    (value === -1 || (value > 0 && value <= MAX_SECONDS))
  );
}

/** Checks a `ttl` or `defaultTtl` in seconds: -1 (never) or a positive integer; throws a 400. */
export function timeToLive(value: Json | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!isTimeToLive(value)) {
    throw badRequest(
      `The input ttl ${JSON.stringify(value)} is invalid. Ensure to provide a nonzero positive integer less than or equal to ${MAX_SECONDS}, or -1`,
    );
  }
  return value;
}

/**
 * When an item of a container with a `defaultTtl` ends, in milliseconds of the epoch; with -1 only items with a `ttl` of their
 * own do. Without a `defaultTtl` nothing ends, whatever the item says.
 */
export function expiryMs(
  timestamp: number,
  own: number | undefined,
  containerDefault: number,
): number {
  const seconds = own ?? containerDefault;
  return seconds === -1 ? Number.POSITIVE_INFINITY : (timestamp + seconds) * 1000;
}
