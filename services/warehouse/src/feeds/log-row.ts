import type { EventRows } from '../reader/event-reader.ts';

const LOG_KEY = /^([a-z0-9-]+):([0-9A-Z]{26}):log:(\d{12})$/;

/** The log's row that a changed item of a store holds; undefined for heads, snapshots and whatever else is there. */
export function logRowOf(key: unknown, value: unknown): EventRows | undefined {
  const [, tenant, continuation, sequence] = (typeof key === 'string' && LOG_KEY.exec(key)) || [];
  if (tenant === undefined || continuation === undefined || typeof value !== 'string')
    return undefined;
  return { tenant, continuation, from: Number(sequence), rows: [value] };
}
