import {
  ContinuationStatus,
  isFinished,
  MaestroError,
  type ContinuationRef,
  type StoreScanner,
} from '@maestro/core';

/** How far a repair has come. */
export interface RearmProgress {
  /** Heads that were looked at. */
  readonly scanned: number;
  readonly unfinished: number;
  /** Unfinished ones whose reminder is armed again. */
  readonly rearmed: number;
  readonly failed: number;
}

/** What a repair did. */
export interface RearmReport extends RearmProgress {
  /** The first failures. */
  readonly failures: readonly {
    readonly tenant: string;
    readonly id: string;
    readonly code: string;
  }[];
}

/** Options of {@link rearmAll}. */
export interface RearmOptions {
  readonly scanner: StoreScanner;
  /** Arms the reminder of a continuation anew. */
  readonly wake: (ref: ContinuationRef) => Promise<void>;
  readonly tenant?: string;
  /** Counts, and wakes nothing. */
  readonly dryRun?: boolean;
  /** Calls under way at a time. */
  readonly concurrency: number;
  readonly onProgress?: (progress: RearmProgress) => void;
  readonly signal?: AbortSignal;
}

const REPORTED_FAILURES = 20;

/** Wakes every unfinished continuation of a store. One that cannot be woken does not stop the others. Safe to repeat. */
export async function rearmAll(options: RearmOptions): Promise<RearmReport> {
  const { scanner, wake, tenant, concurrency, onProgress, signal } = options;
  const progress = { scanned: 0, unfinished: 0, rearmed: 0, failed: 0 };
  const failures: RearmReport['failures'][number][] = [];
  const underWay = new Set<Promise<void>>();
  const rearm = async (ref: ContinuationRef): Promise<void> => {
    try {
      await wake(ref);
      progress.rearmed++;
    } catch (error) {
      progress.failed++;
      if (failures.length < REPORTED_FAILURES) {
        failures.push({ ...ref, code: MaestroError.from(error).code });
      }
    }
    onProgress?.({ ...progress });
  };
  const heads = scanner.heads({
    ...(tenant === undefined ? {} : { tenant }),
    ...(signal ? { signal } : {}),
  });
  for await (const { ref, head } of heads) {
    signal?.throwIfAborted();
    progress.scanned++;
    if (!isUnfinished(head)) continue;
    progress.unfinished++;
    if (options.dryRun) continue;
    const call = rearm(ref).finally(() => underWay.delete(call));
    underWay.add(call);
    if (underWay.size >= concurrency) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return { ...progress, failures };
}

/** A head that cannot be read counts as unfinished: its continuation is asked, and knows. */
function isUnfinished(head: string): boolean {
  try {
    const { status } = JSON.parse(head) as { status?: unknown };
    const known = ContinuationStatus.safeParse(status);
    return !known.success || !isFinished(known.data);
  } catch {
    return true;
  }
}
