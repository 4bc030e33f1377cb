export { createWorker, type ReadinessCheck, type Worker } from './worker.ts';
export { readWorkerConfig, type WorkerConfig } from './worker-config.ts';
export { runUntilSignal } from './run-until-signal.ts';
