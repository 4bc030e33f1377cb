export {
  EventReader,
  EventRows,
  type EventSink,
  type ReaderCounts,
} from './reader/event-reader.ts';
export { followFeed, type ChangeFeed, type Checkpoints } from './feeds/change-feed.ts';
export { CosmosChangeFeed } from './feeds/cosmos-change-feed.ts';
export { DynamoDbStreamFeed } from './feeds/dynamodb-stream-feed.ts';
