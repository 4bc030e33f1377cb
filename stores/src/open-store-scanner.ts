import type { KeyScanner, StoreScanner } from '@maestro/core';
import type { CosmosAccess } from './cosmos-scanner.ts';

/** Where a state store is. */
export type StorePlace =
  /** The file of a `state.sqlite` component. */
  | { readonly sqlite: string }
  /** The database of a `state.postgresql` v2 component. */
  | { readonly postgres: string }
  /** The table of a `state.aws.dynamodb` component; region and credentials as for the AWS CLI. */
  | { readonly dynamodb: string }
  /** The container of a `state.azure.cosmosdb` component. */
  | { readonly cosmos: CosmosAccess };

/**
 * Opens a store to walk over its heads. Drivers are loaded where they are used.
 *
 * @throws StoreNotFound when there is none.
 */
export async function openStoreScanner(place: StorePlace): Promise<StoreScanner & KeyScanner> {
  if ('sqlite' in place) {
    const { SqliteScanner } = await import('./sqlite-scanner.ts');
    return new SqliteScanner(place.sqlite);
  }
  if ('dynamodb' in place) {
    const { DynamoDbScanner } = await import('./dynamodb-scanner.ts');
    return new DynamoDbScanner(place.dynamodb);
  }
  if ('cosmos' in place) {
    const { CosmosScanner } = await import('./cosmos-scanner.ts');
    return new CosmosScanner(place.cosmos);
  }
  const { PostgresScanner } = await import('./postgres-scanner.ts');
  return new PostgresScanner(place.postgres);
}
