export { blobContract } from './blob-contract.ts';
export { busContract, type BusUnderTest } from './bus-contract.ts';
export { sampleCommit, type SampleCommit } from './sample-commit.ts';
export { schedulerContract, type SchedulerUnderTest } from './scheduler-contract.ts';
export { storeContract, type StoreUnderTest } from './store-contract.ts';
