import { MaestroError, type ContinuationRef, type StoreScanner } from '@maestro/core';
import { ulid } from 'ulid';
import type { LogEnd } from '../reader/event-reader.ts';
import type { WarehouseTables } from '../tables/warehouse-tables.ts';
import { reconcile } from './reconciler.ts';

/** How far a rebuild is. */
export interface RebuildProgress {
  readonly phase: 'emptying' | 'reading' | 'building' | 'complete' | 'failed';
  /** Whether it goes on with one that was cut, and has emptied nothing. */
  readonly resumed: boolean;
  /** Heads of the store that were looked at. */
  readonly heads: number;
  /** Events that were read from logs. */
  readonly events: number;
  /** Logs that could not be read; `complete` has none. */
  readonly failed: number;
  /** Why it failed. */
  readonly problem: string | null;
}

/** What a rebuild works with. */
export interface RebuildPorts {
  readonly tables: Pick<WarehouseTables, 'load' | 'change' | 'clear' | 'position' | 'build'>;
  readonly openScanner: () => Promise<StoreScanner>;
  readonly readTo: (end: LogEnd) => Promise<void>;
  readonly onFault: (ref: ContinuationRef, error: unknown) => void;
}

/** The checkpoint that says which rebuild was the last: an id, and whether it has read everything. */
const CHECKPOINT = 'rebuild';

/** Id of the last rebuild: what was known of the tables before it began holds no more. */
export async function lastRebuild(
  tables: Pick<WarehouseTables, 'load'>,
): Promise<string | undefined> {
  return (await tables.load(CHECKPOINT))?.split(' ')[0];
}

/**
 * Empties the tables and reads every log of the store again. What is read meanwhile by others is not read twice. One
 * that was cut, also by the end of its process, is gone on with by the next: it has been emptied, and what has been read
 * since is there.
 *
 * @returns how it has ended; never rejects.
 */
export async function rebuild(
  ports: RebuildPorts,
  signal: AbortSignal,
  onProgress: (progress: RebuildProgress) => void,
): Promise<RebuildProgress> {
  const { tables } = ports;
  let progress: RebuildProgress = {
    phase: 'emptying',
    resumed: false,
    heads: 0,
    events: 0,
    failed: 0,
    problem: null,
  };
  const tell = (change: Partial<RebuildProgress>): void => {
    progress = { ...progress, ...change };
    onProgress(progress);
  };
  onProgress(progress);
  try {
    const { id, resumed } = await beginRebuild(tables);
    tell({ phase: 'reading', resumed });
    const failed = await readAll(ports, signal, (heads, events) =>
      tell({ heads: progress.heads + heads, events: progress.events + events }),
    );
    signal.throwIfAborted();
    tell({ phase: 'building', failed });
    await tables.build();
    if (failed > 0) {
      tell({ phase: 'failed', problem: `${failed} logs could not be read: run it again` });
    } else {
      await endRebuild(tables, id);
      tell({ phase: 'complete' });
    }
  } catch (error) {
    const { message } = error instanceof Error ? error : MaestroError.from(error);
    tell({ phase: 'failed', problem: message });
  }
  return progress;
}

/** Empties the tables unless a rebuild was cut. Of several that begin at once one empties them, and the others go on with it. */
async function beginRebuild(
  tables: Pick<WarehouseTables, 'load' | 'clear'>,
): Promise<{ readonly id: string; readonly resumed: boolean }> {
  for (;;) {
    const expected = await tables.load(CHECKPOINT);
    const [before = '', state] = expected?.split(' ') ?? [];
    if (state === 'reading') return { id: before, resumed: true };
    const id = ulid();
    const value = `${id} reading`;
    if (await tables.clear({ name: CHECKPOINT, expected, value })) return { id, resumed: false };
  }
}

/** @throws MaestroError when another rebuild has emptied the tables meanwhile. */
async function endRebuild(
  tables: Pick<WarehouseTables, 'load' | 'change'>,
  id: string,
): Promise<void> {
  const value = `${id} complete`;
  if (await tables.change({ name: CHECKPOINT, expected: `${id} reading`, value })) return;
  // Another one that has gone on with this rebuild may have been faster.
  if ((await tables.load(CHECKPOINT)) === value) return;
  throw new MaestroError(
    'warehouse.unavailable',
    'another rebuild has begun meanwhile: run it again',
  );
}

/** Reads every log as far as its head. @returns how many could not be read. */
async function readAll(
  ports: RebuildPorts,
  signal: AbortSignal,
  onRead: (heads: number, events: number) => void,
): Promise<number> {
  const scanner = await ports.openScanner();
  try {
    const { failed } = await reconcile(
      {
        scanner,
        isComplete: async (end) => {
          const position = await ports.tables.position(end.ref);
          onRead(1, 0);
          return position >= end.sequence;
        },
        readTo: async (end) => {
          const position = await ports.tables.position(end.ref);
          await ports.readTo(end);
          onRead(0, end.sequence - position);
        },
        // Reminders are the reconciler's.
        mayWake: () => false,
        wake: async () => undefined,
        nowMs: Date.now,
        sinceMs: Date.now(),
        onFault: ports.onFault,
      },
      signal,
    );
    return failed;
  } finally {
    await scanner.close();
  }
}
