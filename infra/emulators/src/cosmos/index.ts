export {
  startCosmosEmulator,
  type CosmosEmulator,
  type CosmosEmulatorOptions,
} from './start-emulator.ts';
