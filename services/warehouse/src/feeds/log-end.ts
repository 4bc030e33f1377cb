import { isTombstone, MaestroError } from '@maestro/core';
import { z } from 'zod';
import type { LogEnd } from '../reader/event-reader.ts';

const HEAD_KEY = /^([a-z0-9-]{1,40}):([0-7][0-9A-HJKMNP-TV-Z]{25}):head$/;
const Head = z.looseObject({ sequence: z.int().min(1) });

/**
 * Where the log ends, by the head that a changed item of a store holds. Only heads count: one is in the transaction of
 * every commit and is the last that an import writes, whereas log entries without a head may be of an import that was
 * never finished.
 *
 * @returns undefined for log entries, snapshots, deleted or erased items and whatever else is there.
 * @throws MaestroError `log.corrupt` for a head that cannot be read: to pass over it would lose events unseen.
 */
export function logEndOf(key: unknown, value: unknown): LogEnd | undefined {
  const [, tenant, id] = (typeof key === 'string' && HEAD_KEY.exec(key)) || [];
  if (tenant === undefined || id === undefined || value === undefined) return undefined;
  try {
    // A row is a JSON string, which Dapr's components keep as it is or decoded once.
    const stored = z.string().parse(value);
    const once: unknown = JSON.parse(stored);
    const text = typeof once === 'string' ? once : stored;
    if (isTombstone(text)) return undefined;
    const head = Head.parse(JSON.parse(text));
    return { ref: { tenant, id }, sequence: head.sequence };
  } catch (error) {
    throw new MaestroError('log.corrupt', `the head of ${tenant}:${id} cannot be read`, {
      cause: error,
    });
  }
}
