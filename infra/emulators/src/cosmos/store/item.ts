import { badRequest, CosmosError } from '../cosmos-error.ts';
import type { JsonObject } from '../json.ts';
import { itemRid, newEtag, sequenceOf } from './resource-ids.ts';
import { itemId } from './resource-name.ts';
import { timeToLive } from './time-to-live.ts';

/** One version of a stored item. Never changed: a write makes another one. */
export interface Item {
  readonly id: string;
  /** The logical partition, see `partitionOf`. */
  readonly partition: string;
  /** With the system properties. */
  readonly document: JsonObject;
  /** The document as JSON, what a read answers. */
  readonly text: string;
  readonly etag: string;
  /** Place in the order of creation within the container; kept by later versions. */
  readonly sequence: number;
  /** Number of the transaction that wrote it. */
  readonly lsn: number;
  readonly timestamp: number;
  /** Its own `ttl` in seconds, -1 for never; undefined when the default of the container counts. */
  readonly ttl: number | undefined;
}

/** What an item needs to know of its container. */
export interface ItemHome {
  readonly ridBytes: Buffer;
  /** `dbs/{rid}/colls/{rid}/`. */
  readonly self: string;
  readonly partitionOf: (document: JsonObject) => string;
}

/** Where and when a version is written. */
export interface ItemPlace {
  readonly sequence: number;
  readonly lsn: number;
  readonly nowMs: number;
}

/** The most bytes of an item's JSON in UTF-8. */
export const MAX_ITEM_BYTES = 2 * 1024 * 1024;

const SYSTEM = new Set(['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn']);

/** Makes a version of an item from what a client sent; throws a 400 or 413 when it breaks a rule. */
export function newItem(input: JsonObject, home: ItemHome, place: ItemPlace): Item {
  const id = itemId(input['id']);
  const partition = home.partitionOf(input);
  const ttl = timeToLive(input['ttl']);
  const timestamp = Math.floor(place.nowMs / 1000);
  const rid = itemRid(home.ridBytes, place.sequence);
  const etag = newEtag(timestamp);
  const document: Record<string, JsonObject[string]> = {};
  for (const name of Object.keys(input)) {
    const value = input[name];
    if (value !== undefined && !SYSTEM.has(name)) document[name] = value;
  }
  document['_rid'] = rid;
  document['_self'] = `${home.self}docs/${rid}/`;
  document['_etag'] = etag;
  document['_attachments'] = 'attachments/';
  document['_ts'] = timestamp;
  const text = JSON.stringify(document);
  if (text.length > MAX_ITEM_BYTES / 4 && Buffer.byteLength(text) > MAX_ITEM_BYTES) {
    throw new CosmosError(413, 'Request size is too large');
  }
  const { sequence, lsn } = place;
  return { id, partition, document, text, etag, sequence, lsn, timestamp, ttl };
}

/** The stored version again, from its JSON with the system properties. */
export function restoredItem(document: JsonObject, home: ItemHome, lsn: number): Item {
  const { id, _rid: rid, _etag: etag, _ts: timestamp } = document;
  if (
    typeof id !== 'string' ||
    typeof rid !== 'string' ||
    typeof etag !== 'string' ||
    typeof timestamp !== 'number'
  ) {
    throw badRequest('The journal holds an item without its system properties');
  }
  return {
    id,
    partition: home.partitionOf(document),
    document,
    text: JSON.stringify(document),
    etag,
    sequence: sequenceOf(rid),
    lsn,
    timestamp,
    ttl: timeToLive(document['ttl']),
  };
}
