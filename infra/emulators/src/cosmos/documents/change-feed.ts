import { badRequest, notSupported } from '../cosmos-error.ts';
import { containerHeaders, RANGE_ID, readCharge } from '../http/container-headers.ts';
import type { CosmosRequest } from '../http/cosmos-request.ts';
import type { Reply } from '../http/reply.ts';
import type { Item } from '../store/item.ts';
import { requestedPartition, type DocumentContext } from './document-context.ts';
import { pageSize } from './page-size.ts';

/** Throws when the request names another range than the only one, or a part of it. */
export function checkRange(request: CosmosRequest): void {
  const range = request.header('x-ms-documentdb-partitionkeyrangeid');
  if (range !== undefined && range.split(',').at(-1) !== RANGE_ID) {
    throw badRequest(`The partition key range ${range} does not exist`);
  }
  const [from, to] = [request.header('x-ms-start-epk'), request.header('x-ms-end-epk')];
  if ((from !== undefined && from !== '') || (to !== undefined && to !== 'FF')) {
    throw notSupported('A part of a partition key range');
  }
}

/** The transaction after which the client wants the changes. */
function startOf({ request, container }: DocumentContext): number {
  const etag = request.header('if-none-match');
  if (etag === undefined) return 0;
  if (etag === '*') return container.lsn;
  const lsn = Number(etag.replaceAll('"', ''));
  if (!Number.isInteger(lsn) || lsn < 0) throw badRequest(`The continuation ${etag} is invalid`);
  return lsn;
}

/** Since when, in seconds; used at the begin of a feed, before there is a continuation. */
function startTimeOf(request: CosmosRequest): number {
  const since = request.header('if-modified-since');
  if (since === undefined || request.header('if-none-match') !== undefined) return 0;
  const ms = Date.parse(since);
  if (Number.isNaN(ms)) throw badRequest(`If-Modified-Since ${since} is not a date`);
  return Math.ceil(ms / 1000);
}

/**
 * The changes of a container or of one logical partition, each item in its latest version, in the order of the last change.
 * A page never ends within a transaction.
 */
export function readChangeFeed(context: DocumentContext): Reply {
  const { container, databaseId, request, nowMs } = context;
  if (request.header('a-im')?.toLowerCase() !== 'incremental feed') {
    throw notSupported(`The change feed mode ${request.header('a-im')}`);
  }
  checkRange(request);
  const partition = requestedPartition(context);
  const since = startTimeOf(request);
  const limit = pageSize(request);
  const page: Item[] = [];
  let next = container.lsn;
  for (const item of container.changesAfter(startOf(context), nowMs)) {
    if (partition !== undefined && item.partition !== partition) continue;
    if (item.timestamp < since) continue;
    const last = page.at(-1);
    if (last && page.length >= limit && item.lsn !== last.lsn) {
      next = last.lsn;
      break;
    }
    page.push(item);
  }
  const texts = page.map(({ text, lsn }) => `${text.slice(0, -1)},"_lsn":${lsn}}`);
  const body = `{"_rid":"${container.rid}","Documents":[${texts.join()}],"_count":${texts.length}}`;
  const headers = {
    ...containerHeaders(databaseId, container, readCharge(body.length)),
    etag: `"${next}"`,
    'x-ms-item-count': String(page.length),
  };
  return page.length === 0 ? { status: 304, headers } : { status: 200, headers, body };
}
