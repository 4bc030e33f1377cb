export {
  EventReader,
  type EventSink,
  type LogEnd,
  type ReaderCounts,
} from './reader/event-reader.ts';
export { followFeed, type ChangeFeed, type Checkpoints } from './feeds/change-feed.ts';
export { CosmosChangeFeed } from './feeds/cosmos-change-feed.ts';
export { DynamoDbStreamFeed } from './feeds/dynamodb-stream-feed.ts';

// Tables
export type {
  BuildCounts,
  ContinuationEnd,
  EndsPage,
  ListedLife,
  ListQuery,
  WarehouseTables,
} from './tables/warehouse-tables.ts';
export type { SqlDatabase } from './tables/sql-database.ts';
export { openDuckDb, openDuckDbTables } from './tables/duckdb/open-duckdb-tables.ts';
export type { Figures, FlowFigures, Spread } from './tables/figures.ts';
export { openPostgresTables } from './tables/postgres/open-postgres-tables.ts';
export { PostgresDatabase } from './tables/postgres/postgres-database.ts';
export { replay, type Replay } from './replay/replay.ts';

// What the tables hold
export { DICTIONARY } from './dictionary/dictionary.ts';
export type { ColumnEntry, ColumnType, TableEntry } from './dictionary/table-entry.ts';

// The service
export { createWarehouse, type OpenWarehouse } from './service/create-warehouse.ts';
export { readWarehouseConfig, type WarehouseConfig } from './service/warehouse-config.ts';

// Copies in warehouses of clouds
export { CopyFollower, type CopyParts, type CopyStatus } from './copy/copy-follower.ts';
export { copyPlaceOf, type CopyAccess, type CopyPlace } from './copy/copy-place.ts';
export type { CopyLag, CopySource, LackingLog } from './copy/copy-source.ts';
export type { CopyTarget } from './copy/copy-target.ts';
