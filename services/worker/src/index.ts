export { createWorker, type Worker, type WorkerOptions } from './worker.ts';
export { readWorkerConfig, type WorkerConfig } from './worker-config.ts';
