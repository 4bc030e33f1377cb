import type { BenchOptions, ComponentSet, Workload } from '../bench-options.ts';
import { runLifecycle, type LifecycleRun } from './lifecycle.ts';

/** The figures of one run of a workload. */
export type Run = LifecycleRun;

/** One round of a workload. */
export async function runWorkload(
  workload: Workload,
  components: ComponentSet,
  options: BenchOptions,
  _round: number,
): Promise<readonly Run[]> {
  switch (workload) {
    case 'lifecycle':
      return [await runLifecycle(components, options)];
    case 'append':
    case 'signal':
    case 'wake':
      return [];
  }
}
