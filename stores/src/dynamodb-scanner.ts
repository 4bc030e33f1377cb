import {
  BatchGetItemCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { isErasable, type KeyScanner, type ScannedHead, type StoreScanner } from '@maestro/core';
import { StoreNotFound } from './store-not-found.ts';
import { headsInOrder } from './heads-in-order.ts';
import { ERASED_BEGINNING } from './scanned-row.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** Which keys a scan gives, by an expression of DynamoDB; the key itself is `#key` in it. */
interface KeyFilter {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values: Item;
}

/**
 * Walks over the heads in the table of a `state.aws.dynamodb` component. Region, credentials and endpoint are those of
 * the AWS SDK (`AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL_DYNAMODB` ...). A scan reads, and is charged for, the whole
 * table.
 */
export class DynamoDbScanner implements StoreScanner, KeyScanner {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(table: string, client: DynamoDBClient = new DynamoDBClient({})) {
    this.#client = client;
    this.#table = table;
  }

  heads(
    options: { readonly tenant?: string; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ScannedHead, void> {
    return headsInOrder(
      {
        keys: (signal) => this.#headKeys(options.tenant, signal),
        values: (keys, signal) => this.#values(keys, signal),
      },
      options,
    );
  }

  async *keys(tenant: string, signal?: AbortSignal): AsyncGenerator<readonly string[], void> {
    const filter: KeyFilter = {
      expression: 'begins_with(#key, :tenant) AND NOT begins_with(#value, :erased)',
      names: { '#value': 'value' },
      values: { ':tenant': { S: `${tenant}:` }, ':erased': { S: ERASED_BEGINNING } },
    };
    for await (const page of this.#keys(filter, signal)) {
      yield page.filter((key) => isErasable(tenant, key));
    }
  }

  #headKeys(
    tenant: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly string[], void> {
    const ofTenant = tenant === undefined ? '' : ' AND begins_with(#key, :tenant)';
    const filter: KeyFilter = {
      expression: `contains(#key, :head)${ofTenant}`,
      values: {
        ':head': { S: ':head' },
        ...(tenant === undefined ? {} : { ':tenant': { S: `${tenant}:` } }),
      },
    };
    return this.#keys(filter, signal);
  }

  async *#keys(
    { expression, names = {}, values }: KeyFilter,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly string[], void> {
    let after: Item | undefined;
    do {
      const page = await this.#send(() =>
        this.#client.send(
          new ScanCommand({
            TableName: this.#table,
            ConsistentRead: true,
            ProjectionExpression: '#key',
            FilterExpression: expression,
            ExpressionAttributeNames: { '#key': 'key', ...names },
            ExpressionAttributeValues: { ...values },
            ...(after ? { ExclusiveStartKey: after } : {}),
          }),
          signal ? { abortSignal: signal } : {},
        ),
      );
      yield (page.Items ?? []).flatMap(({ key }) => (key?.S === undefined ? [] : [key.S]));
      after = page.LastEvaluatedKey;
    } while (after);
  }

  async #values(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, string>> {
    const values = new Map<string, string>();
    let asked: Item[] = keys.map((key) => ({ key: { S: key } }));
    // An answer holds 16 MB at most; what did not fit, or was throttled, is asked for again.
    while (asked.length > 0) {
      signal?.throwIfAborted();
      const { Responses, UnprocessedKeys } = await this.#send(() =>
        this.#client.send(
          new BatchGetItemCommand({
            RequestItems: { [this.#table]: { Keys: asked, ConsistentRead: true } },
          }),
          signal ? { abortSignal: signal } : {},
        ),
      );
      for (const { key, value } of Responses?.[this.#table] ?? []) {
        if (key?.S !== undefined) values.set(key.S, textOf(value));
      }
      asked = UnprocessedKeys?.[this.#table]?.Keys ?? [];
      if (asked.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return values;
  }

  async #send<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ResourceNotFoundException) {
        throw new StoreNotFound(`there is no DynamoDB table ${this.#table} in this region`);
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }
}

/** The JSON of a value: Dapr's component stores it as text, or as bytes where it is binary. */
function textOf(value: AttributeValue | undefined): string {
  return value?.S ?? (value?.B ? Buffer.from(value.B).toString('utf8') : '');
}
