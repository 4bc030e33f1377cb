import type { BenchOptions, ComponentSet, Workload } from '../bench-options.ts';
import { runApi, type ApiRun } from './api.ts';
import { runAppend, type AppendRun } from './append.ts';
import { runFork, type ForkRun } from './fork.ts';
import { runIngest, type IngestRun } from './ingest.ts';
import { runList, type ListRun } from './list.ts';
import { runLifecycle, type LifecycleRun } from './lifecycle.ts';
import { runRedaction, type RedactionRun } from './redaction.ts';
import { runSignal, type SignalRun } from './signal.ts';
import { runStream, type StreamRun } from './stream.ts';
import { runWake, type WakeRun } from './wake.ts';
import { runWakesBy } from './wakes-by.ts';

/** The figures of one run of a workload. */
export type Run =
  | AppendRun
  | LifecycleRun
  | SignalRun
  | WakeRun
  | StreamRun
  | ForkRun
  | ListRun
  | RedactionRun
  | IngestRun
  | ApiRun;

/** One round of a workload. */
export async function runWorkload(
  workload: Workload,
  components: ComponentSet,
  options: BenchOptions,
  round: number,
): Promise<readonly Run[]> {
  switch (workload) {
    case 'append':
      return await runAppend(components, options);
    case 'lifecycle':
      return [
        await runLifecycle(components, options),
        ...(options.prototype
          ? [await runLifecycle(components, { ...options, via: 'prototype', broker: false })]
          : []),
      ];
    case 'signal':
      return await runSignal(components, options);
    case 'wake':
      return await runWake(components, options, round);
    case 'wakes-by':
      return await runWakesBy(components, options);
    case 'stream':
      return await runStream(components, options);
    case 'fork':
      return await runFork(components, options);
    case 'list':
      return await runList(components, options);
    case 'redaction':
      return await runRedaction(options);
    case 'ingest':
      return await runIngest(components, options);
    case 'api':
      return await runApi(components, options);
  }
}
