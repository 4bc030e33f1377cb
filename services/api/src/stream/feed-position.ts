import { MaestroError } from '@maestro/core';
import type { TenantFeed } from './tenant-feed.ts';

/** What `Last-Event-ID` of a tenant's stream looks like. */
export const FEED_POSITION = '^([0-9a-f]{8})-([0-9]{1,12})-([0-9]{1,12})$';

const PATTERN = new RegExp(FEED_POSITION);

/** How far a listener has come: the number of a commit, and the last sequence of it; 0 where all of it was given. */
export interface FeedPosition {
  readonly number: number;
  readonly sequence: number;
}

/** A position as `id` of an event. */
export function writePosition({ name }: TenantFeed, { number, sequence }: FeedPosition): string {
  return `${name}-${number}-${sequence}`;
}

/**
 * Where a listener goes on that has come so far; undefined where that says nothing here. What was forgotten since is a gap.
 *
 * @throws MaestroError `request.invalid`.
 */
export function readPosition(feed: TenantFeed, text: string): FeedPosition | undefined {
  const parts = PATTERN.exec(text);
  if (!parts) {
    throw new MaestroError('request.invalid', 'the Last-Event-ID is not one of this stream', {
      details: [{ at: 'Last-Event-ID', message: 'must be the id of an event of this stream' }],
    });
  }
  const position = { number: Number(parts[2]), sequence: Number(parts[3]) };
  return parts[1] === feed.name && position.number <= feed.latest ? position : undefined;
}
