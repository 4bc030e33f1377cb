import { badRequest } from '../cosmos-error.ts';
import type { CosmosRequest } from '../http/cosmos-request.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { Account } from '../store/account.ts';
import type { Container } from '../store/container.ts';
import { partitionOf } from '../store/partition-key.ts';
import { Transaction } from '../store/transaction.ts';

/** A request about the items of one container. */
export interface DocumentContext {
  readonly account: Account;
  readonly databaseId: string;
  readonly container: Container;
  readonly request: CosmosRequest;
  readonly nowMs: number;
}

/** The logical partition that the request names; undefined when it names none. */
export function requestedPartition({ request, container }: DocumentContext): string | undefined {
  const header = request.header('x-ms-documentdb-partitionkey');
  return header === undefined ? undefined : partitionOf(header, container.partitionKey);
}

/** As {@link requestedPartition}; throws a 400 when the request names none. */
export function requiredPartition(context: DocumentContext): string {
  const partition = requestedPartition(context);
  if (partition === undefined) {
    throw badRequest('PartitionKey value must be supplied for this operation.');
  }
  return partition;
}

/** A transaction in the partition that the request names. */
export function beginTransaction(context: DocumentContext): Transaction {
  return new Transaction(context.container, requiredPartition(context), context.nowMs);
}

/** Makes the changes of a transaction last and visible. */
export function commitTransaction(context: DocumentContext, transaction: Transaction): void {
  const commit = transaction.commit();
  if (commit) context.account.commit(context.databaseId, context.container, commit);
}

/** The body as a JSON object; throws a 400. */
export function objectBody(request: CosmosRequest): JsonObject {
  const body = request.json();
  if (!isObject(body)) throw badRequest('The input content must be a JSON object');
  return body;
}

/** Whether the client wants no content back from a write. */
export function wantsMinimal(request: CosmosRequest): boolean {
  return request.header('prefer')?.includes('return=minimal') === true;
}
