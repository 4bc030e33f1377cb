import { CosmosError } from '../cosmos-error.ts';
import { containerHeaders, readCharge, writeCharge } from '../http/container-headers.ts';
import type { Reply } from '../http/reply.ts';
import {
  beginTransaction,
  commitTransaction,
  objectBody,
  wantsMinimal,
  type DocumentContext,
} from './document-context.ts';
import { execute, type Operation } from './operation.ts';

function run(context: DocumentContext, operation: Operation): Reply {
  const { container, databaseId, request } = context;
  const transaction = beginTransaction(context);
  const outcome = execute(transaction, operation);
  commitTransaction(context, transaction);
  const isRead = operation.kind === 'Read';
  const size = outcome.item?.text.length ?? 0;
  const charge = isRead ? readCharge(size) : writeCharge(size);
  const hasContent = outcome.item && (isRead || !wantsMinimal(request));
  return {
    status: outcome.status,
    headers: {
      ...containerHeaders(databaseId, container, charge),
      ...(outcome.etag !== undefined && { etag: outcome.etag }),
    },
    ...(hasContent && outcome.item && { body: outcome.item.text }),
  };
}

/** `POST docs`: creates an item, or upserts it when `x-ms-documentdb-is-upsert` says so. */
export function createItem(context: DocumentContext): Reply {
  const { request } = context;
  const kind = request.isSet('x-ms-documentdb-is-upsert') ? 'Upsert' : 'Create';
  return run(context, { kind, document: objectBody(request), ...conditions(context) });
}

/** `GET`, `PUT`, `PATCH` or `DELETE` of one item. */
export function itemOperation(context: DocumentContext, id: string): Reply {
  const { request } = context;
  const conditional = conditions(context);
  switch (request.method) {
    case 'GET':
      return run(context, { kind: 'Read', id, ...conditional });
    case 'PUT':
      return run(context, { kind: 'Replace', id, document: objectBody(request), ...conditional });
    case 'PATCH':
      return run(context, { kind: 'Patch', id, patch: request.json(), ...conditional });
    case 'DELETE':
      return run(context, { kind: 'Delete', id, ...conditional });
    default:
      throw new CosmosError(405, `${request.method} is not allowed on an item`);
  }
}

function conditions({ request }: DocumentContext): {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
} {
  return { ifMatch: request.header('if-match'), ifNoneMatch: request.header('if-none-match') };
}
