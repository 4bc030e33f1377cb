import type { BenchOptions, ComponentSet, Workload } from '../bench-options.ts';
import { runAppend, type AppendRun } from './append.ts';
import { runLifecycle, type LifecycleRun } from './lifecycle.ts';
import { runSignal, type SignalRun } from './signal.ts';
import { runWake, type WakeRun } from './wake.ts';

/** The figures of one run of a workload. */
export type Run = AppendRun | LifecycleRun | SignalRun | WakeRun;

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
  }
}
