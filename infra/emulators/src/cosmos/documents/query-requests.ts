import { badRequest, CosmosError } from '../cosmos-error.ts';
import { containerHeaders, readCharge } from '../http/container-headers.ts';
import type { Reply } from '../http/reply.ts';
import { idsOf } from '../query/id-filter.ts';
import { parseQueryBody, type QueryWithParameters } from '../query/parse-query.ts';
import { queryPlan } from '../query/query-plan.ts';
import { isStreamed, runQueryOver } from '../query/run-query.ts';
import type { Item } from '../store/item.ts';
import { checkRange } from './change-feed.ts';
import { afterPosition, continuationOf } from './continuation.ts';
import { requestedPartition, type DocumentContext } from './document-context.ts';
import { pageSize } from './page-size.ts';

function parsed({ request }: DocumentContext): QueryWithParameters {
  if (!request.header('content-type')?.startsWith('application/query+json')) {
    throw badRequest('The content type of a query must be application/query+json');
  }
  return parseQueryBody(request.json());
}

/** `POST docs` with `x-ms-cosmos-is-query-plan-request`. */
export function planQuery(context: DocumentContext): Reply {
  const { container, databaseId } = context;
  return {
    status: 200,
    headers: containerHeaders(databaseId, container, 1),
    body: JSON.stringify(queryPlan(parsed(context).query)),
  };
}

/**
 * Over several partitions the gateway serves filters and projections alone; what needs a merge it leaves to the client, which
 * gets the plan for it and asks range by range.
 */
function checkServable({ request }: DocumentContext, { query }: QueryWithParameters): void {
  if (request.header('x-ms-documentdb-partitionkeyrangeid') !== undefined) return;
  if (!request.isSet('x-ms-documentdb-query-enablecrosspartition')) {
    throw badRequest(
      'Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception.',
    );
  }
  if (isStreamed(query)) return;
  throw new CosmosError(
    400,
    'The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) exception that all newer clients will know how to handle gracefully.',
    { substatus: 1004, additionalErrorInfo: queryPlan(query) },
  );
}

/** `POST docs` with a query: of one partition, or of all. */
export function runQuery(context: DocumentContext): Reply {
  const { container, databaseId, request, nowMs } = context;
  const { query, parameters } = parsed(context);
  const partition = requestedPartition(context);
  if (partition === undefined) checkServable(context, { query, parameters });
  checkRange(request);
  const position = afterPosition(request);
  const after = isStreamed(query) ? position : 0;
  const ids = idsOf(query.filter, parameters);
  const items: Iterable<Item> = ids
    ? container.scanIds(ids, partition, after, nowMs)
    : container.scan(partition, after, nowMs);
  const limit = pageSize(request);
  const run = { query, parameters, items, afterPosition: position, pageSize: limit };
  const { results, next } = runQueryOver(run);
  const body = `{"_rid":"${container.rid}","Documents":[${results.join()}],"_count":${results.length}}`;
  return {
    status: 200,
    headers: {
      ...containerHeaders(databaseId, container, 1 + readCharge(body.length)),
      'x-ms-item-count': String(results.length),
      ...(next !== undefined && { 'x-ms-continuation': continuationOf(next) }),
    },
    body,
  };
}
