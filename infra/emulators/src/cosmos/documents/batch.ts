import { badRequest, CosmosError } from '../cosmos-error.ts';
import { containerHeaders, readCharge, writeCharge } from '../http/container-headers.ts';
import type { Reply } from '../http/reply.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { partitionMismatch, partitionOf } from '../store/partition-key.ts';
import { Transaction } from '../store/transaction.ts';
import {
  commitTransaction,
  requiredPartition,
  wantsMinimal,
  type DocumentContext,
} from './document-context.ts';
import { execute, type Operation, type Outcome } from './operation.ts';

const MAX_OPERATIONS = 100;

/** The part of a batch's answer about one operation, as JSON. */
type Result = string;

interface BatchResults {
  readonly failed: boolean;
  readonly results: readonly Result[];
}

/** The result of an operation that was undone or never begun because of another one. */
const OTHER: Result = JSON.stringify({ statusCode: 424, requestCharge: 0 });

function documentOf(body: Json | undefined): JsonObject {
  if (!isObject(body)) throw badRequest('The operation has no resourceBody that is an object');
  return body;
}

function textOf(value: Json | undefined, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badRequest(`The operation's ${name} is not a string`);
  return value;
}

function operationOf(input: JsonObject): Operation {
  const { operationType: kind, resourceBody } = input;
  const id = textOf(input['id'], 'id') ?? '';
  const ifMatch = textOf(input['ifMatch'], 'ifMatch');
  const conditions = { ifMatch, ifNoneMatch: textOf(input['ifNoneMatch'], 'ifNoneMatch') };
  switch (kind) {
    case 'Create':
    case 'Upsert':
      return { kind, document: documentOf(resourceBody), ...conditions };
    case 'Replace':
      return { kind, id, document: documentOf(resourceBody), ...conditions };
    case 'Read':
    case 'Delete':
      return { kind, id, ...conditions };
    case 'Patch':
      return { kind, id, patch: resourceBody ?? null, ...conditions };
    default:
      throw badRequest(`The operationType ${JSON.stringify(kind)} is not known`);
  }
}

function succeeded({ status, item, etag }: Outcome, isRead: boolean, minimal: boolean): Result {
  const size = item?.text.length ?? 0;
  const requestCharge = isRead ? readCharge(size) : writeCharge(size);
  const head = JSON.stringify({ statusCode: status, requestCharge, ...(etag && { eTag: etag }) });
  if (!item || (minimal && !isRead)) return head;
  return `${head.slice(0, -1)},"resourceBody":${item.text}}`;
}

function failed(error: CosmosError): Result {
  const { substatus } = error.details;
  return JSON.stringify({
    statusCode: error.status,
    ...(substatus !== undefined && { subStatusCode: substatus }),
    requestCharge: 1,
  });
}

/** Refuses what is not a batch's operation at all, before any of them runs. */
function parsedOperations(body: Json): readonly JsonObject[] {
  if (!Array.isArray(body) || body.length === 0) {
    throw badRequest('A batch request must have operations');
  }
  if (body.length > MAX_OPERATIONS) {
    throw badRequest('Batch request has more operations than what is supported.');
  }
  return body.map((input: unknown) => {
    if (!isObject(input)) throw badRequest('An operation of a batch must be an object');
    return input;
  });
}

function run(transaction: Transaction, input: JsonObject, minimal: boolean): Result {
  const operation = operationOf(input);
  return succeeded(execute(transaction, operation), operation.kind === 'Read', minimal);
}

/** The partition that an operation names for itself; undefined when it names none. */
function ownPartition({ container }: DocumentContext, input: JsonObject): string | undefined {
  const named = textOf(input['partitionKey'], 'partitionKey');
  return named === undefined ? undefined : partitionOf(named, container.partitionKey);
}

function attempt(action: () => Result): Result | CosmosError {
  try {
    return action();
  } catch (error) {
    if (error instanceof CosmosError) return error;
    throw error;
  }
}

/** All or nothing, in one logical partition. */
function runAtomic(context: DocumentContext, inputs: readonly JsonObject[]): BatchResults {
  const partition = requiredPartition(context);
  const minimal = wantsMinimal(context.request);
  const transaction = new Transaction(context.container, partition, context.nowMs);
  const results: Result[] = [];
  for (const [index, input] of inputs.entries()) {
    const result = attempt(() => {
      if ((ownPartition(context, input) ?? partition) !== partition) throw partitionMismatch();
      return run(transaction, input, minimal);
    });
    if (result instanceof CosmosError) {
      return {
        failed: true,
        results: inputs.map((_, at) => (at === index ? failed(result) : OTHER)),
      };
    }
    results.push(result);
  }
  commitTransaction(context, transaction);
  return { failed: false, results };
}

/** Each operation for itself, in the partition that it names: what the SDKs call bulk. */
function runBulk(context: DocumentContext, inputs: readonly JsonObject[]): BatchResults {
  const minimal = wantsMinimal(context.request);
  const continues = context.request.header('x-ms-cosmos-batch-continue-on-error') !== 'false';
  let anyFailed = false;
  const results = inputs.map((input) => {
    if (anyFailed && !continues) return OTHER;
    const result = attempt(() => {
      const partition = ownPartition(context, input) ?? requiredPartition(context);
      const transaction = new Transaction(context.container, partition, context.nowMs);
      const done = run(transaction, input, minimal);
      commitTransaction(context, transaction);
      return done;
    });
    if (!(result instanceof CosmosError)) return result;
    anyFailed = true;
    return failed(result);
  });
  return { failed: anyFailed, results };
}

/** A `POST docs` with `x-ms-cosmos-is-batch-request`. */
export function runBatch(context: DocumentContext): Reply {
  const { container, databaseId, request } = context;
  const inputs = parsedOperations(request.json());
  const isAtomic = request.isSet('x-ms-cosmos-batch-atomic');
  const outcome = isAtomic ? runAtomic(context, inputs) : runBulk(context, inputs);
  return {
    status: outcome.failed ? 207 : 200,
    headers: containerHeaders(databaseId, container, writeCharge(request.body.length)),
    body: `[${outcome.results.join()}]`,
  };
}
