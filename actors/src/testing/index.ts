// Testing a recipe
export { MemoryBlobStore } from './memory-blob-store.ts';
export { testRecipe, type RecipeTest, type TestRecipeOptions } from './test-recipe.ts';

// A host, or several, without Dapr
export {
  createMemoryRuntime,
  type MemoryRuntime,
  type MemoryRuntimeOptions,
} from './memory-runtime.ts';
export { MemoryCluster, type MemoryClusterOptions } from './memory-cluster.ts';

// The parts
export { FakeClock } from './fake-clock.ts';
export { MemoryObservability } from './memory-observability.ts';
export { MemoryTracing, orphansOf } from './memory-tracing.ts';
export { MemoryRowStore } from './memory-row-store.ts';
export { MemoryScheduler, type ArmedReminder } from './memory-scheduler.ts';
