export { FakeClock } from './fake-clock.ts';
export { MemoryObservability } from './memory-observability.ts';
export { MemoryRowStore } from './memory-row-store.ts';
export {
  createMemoryRuntime,
  type MemoryRuntime,
  type MemoryRuntimeOptions,
} from './memory-runtime.ts';
export { MemoryScheduler, type ArmedReminder } from './memory-scheduler.ts';
