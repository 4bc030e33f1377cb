import type { StorePlace } from '@maestro/stores';
import type { ChangeFeed, Checkpoints } from '../feeds/change-feed.ts';

/**
 * The change feed of a store, if it has one. Drivers are loaded where they are used.
 *
 * @param checkpoints where the feed keeps how far it has come.
 */
export async function openFeed(
  place: StorePlace,
  checkpoints: Checkpoints,
): Promise<ChangeFeed | undefined> {
  if ('dynamodb' in place) {
    const [{ DynamoDBClient }, { DynamoDBStreamsClient }, { DynamoDbStreamFeed }] =
      await Promise.all([
        import('@aws-sdk/client-dynamodb'),
        import('@aws-sdk/client-dynamodb-streams'),
        import('../feeds/dynamodb-stream-feed.ts'),
      ]);
    return new DynamoDbStreamFeed({
      tables: new DynamoDBClient(),
      streams: new DynamoDBStreamsClient(),
      table: place.dynamodb,
      checkpoints,
    });
  }
  if ('cosmos' in place) {
    const { endpoint, database, container, credential } = place.cosmos;
    // An access token ends after an hour; a feed that goes on for ever needs the key.
    if (!('key' in credential)) return undefined;
    const [{ CosmosClient }, { CosmosChangeFeed }] = await Promise.all([
      import('@azure/cosmos'),
      import('../feeds/cosmos-change-feed.ts'),
    ]);
    const client = new CosmosClient({ endpoint, key: credential.key });
    return new CosmosChangeFeed(client.database(database).container(container), checkpoints);
  }
  return undefined;
}
