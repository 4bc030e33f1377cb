import { CosmosError } from '../cosmos-error.ts';
import { containerHeaders, readCharge } from '../http/container-headers.ts';
import type { Reply } from '../http/reply.ts';
import type { Item } from '../store/item.ts';
import { runBatch } from './batch.ts';
import { checkRange, readChangeFeed } from './change-feed.ts';
import { requestedPartition, type DocumentContext } from './document-context.ts';
import { afterPosition, continuationOf } from './continuation.ts';
import { pageSize } from './page-size.ts';
import { createItem, itemOperation } from './point-operations.ts';
import { planQuery, runQuery } from './query-requests.ts';

/** `GET docs` without a change feed: all items, page by page. */
function readFeed(context: DocumentContext): Reply {
  const { container, databaseId, request, nowMs } = context;
  checkRange(request);
  const limit = pageSize(request);
  const page: Item[] = [];
  let more = false;
  for (const item of container.scan(requestedPartition(context), afterPosition(request), nowMs)) {
    more = page.length === limit;
    if (more) break;
    page.push(item);
  }
  const texts = page.map(({ text }) => text).join();
  const body = `{"_rid":"${container.rid}","Documents":[${texts}],"_count":${page.length}}`;
  return {
    status: 200,
    headers: {
      ...containerHeaders(databaseId, container, readCharge(body.length)),
      'x-ms-item-count': String(page.length),
      ...(more && { 'x-ms-continuation': continuationOf(page.at(-1)?.sequence ?? 0) }),
    },
    body,
  };
}

/** Answers a request about `docs` or one document. */
export function answerDocuments(context: DocumentContext, id: string | undefined): Reply {
  const { request } = context;
  if (id !== undefined) return itemOperation(context, id);
  if (request.method === 'GET') {
    return request.header('a-im') === undefined ? readFeed(context) : readChangeFeed(context);
  }
  if (request.method !== 'POST') {
    throw new CosmosError(405, `${request.method} is not allowed on documents`);
  }
  if (request.isSet('x-ms-cosmos-is-batch-request')) return runBatch(context);
  if (request.isSet('x-ms-cosmos-is-query-plan-request')) return planQuery(context);
  const isQuery =
    request.isSet('x-ms-documentdb-isquery') || request.isSet('x-ms-documentdb-query');
  return isQuery ? runQuery(context) : createItem(context);
}
