export { openStoreScanner, type StorePlace } from './open-store-scanner.ts';
export { StoreNotFound } from './store-not-found.ts';
export type { CosmosAccess } from './cosmos-scanner.ts';
