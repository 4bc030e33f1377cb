import type { MaestroClient } from '@maestro/client';
import { canonicalJson, MaestroError, type StoredEvent } from '@maestro/core';
import { Refusal } from '../failure.ts';
import { RemoteLog } from '../verify/remote-log.ts';
import { blobLine, endLine, headerLine, missingBlobLine, type LogEnd } from './export-format.ts';
import type { ExportSink } from './export-sink.ts';
import { isClosed, PartChecker } from './part-checker.ts';

/** What an export reads from. */
export type ExportSource = Pick<MaestroClient, 'get' | 'events' | 'signal' | 'blob'>;

/** Options of {@link exportContinuation}. */
export interface ExportOptions {
  readonly source: ExportSource;
  readonly id: string;
  readonly sink: ExportSink;
  /** What the sink holds of it already: it goes on after that. */
  readonly begun?: PartChecker | undefined;
  /** Seals it first if need be. */
  readonly seal: boolean;
  /** Takes it as it is although it goes on: good for a copy alone. */
  readonly unsealed: boolean;
  /** Leaves behind what the source has lost of the values that the log refers to. */
  readonly allowMissing: boolean;
  readonly signal?: AbortSignal;
  /** Told after every event. */
  readonly onEvent?: (sequence: number) => void;
}

/** How an export of one continuation ended. */
export interface ExportedLog extends LogEnd {
  /** Values that the log refers to and the source has lost. */
  readonly missingBlobs: number;
}

/**
 * Writes the part of one continuation: header, rows as they are stored, each after the values that it refers to, and the
 * end. Everything is verified on the way, and in the end compared with the head row.
 *
 * @throws Refusal `export.unsealed`, `export.missing_values`; MaestroError `log.corrupt`, or what the API answers.
 */
export async function exportContinuation(options: ExportOptions): Promise<ExportedLog> {
  const { source, id, sink, signal, onEvent } = options;
  await close(options);
  let part = options.begun;
  const log = new RemoteLog(source, id, signal, (part?.sequence ?? 0) + 1);
  for await (const event of log.events()) {
    if (!part) {
      part = new PartChecker({ tenant: event.tenant, id });
      await sink.write(headerLine(event.tenant, id));
    }
    await writeBlobs(options, part, event);
    part.event(event);
    await sink.write(canonicalJson(event));
    onEvent?.(event.sequence);
  }
  if (!part) throw new MaestroError('log.corrupt', `there are no events of ${id}`);
  checkHead(part, log);
  const end = part.summary();
  // Somebody may have unsealed it meanwhile.
  if (!isClosed(end) && !options.unsealed) throw unsealed(id);
  if (part.missing.size > 0 && !options.allowMissing) throw missingValues(id, part.missing);
  await sink.write(endLine(end));
  return { ...end, missingBlobs: part.missing.size };
}

/** Sees to it that nobody goes on with it here. */
async function close({ source, id, seal, unsealed: asItIs, signal }: ExportOptions): Promise<void> {
  const call = signal ? { signal } : {};
  const { status, sealed } = await source.get(id, call);
  if (isClosed({ status, sealed: sealed !== undefined })) return;
  if (!seal) {
    if (asItIs) return;
    throw unsealed(id);
  }
  try {
    await source.signal(id, 'seal', call);
  } catch (error) {
    // It has finished, or somebody else has sealed it, meanwhile.
    const { code } = MaestroError.from(error);
    if (code !== 'continuation.finished' && code !== 'continuation.sealed') throw error;
  }
}

function unsealed(id: string): Refusal {
  return new Refusal(
    'export.unsealed',
    `${id} is neither sealed nor finished, so it goes on here: --seal seals it first, --unsealed takes it as it is, for a copy`,
  );
}

const MAX_NAMED = 5;

function missingValues(id: string, hashes: ReadonlySet<string>): Refusal {
  const named = [...hashes].slice(0, MAX_NAMED).join(', ');
  const more = hashes.size > MAX_NAMED ? ` and ${hashes.size - MAX_NAMED} more` : '';
  return new Refusal(
    'export.missing_values',
    `the log of ${id} refers to values that are lost or damaged here (${named}${more}): restore them from a backup of the blob store and repeat, or leave them behind with --allow-missing`,
  );
}

async function writeBlobs(
  { source, sink, signal }: ExportOptions,
  part: PartChecker,
  event: StoredEvent,
): Promise<void> {
  for (const sha256 of part.neededBlobs(event)) {
    const value = await readBlob(source, sha256, signal);
    await sink.write(value ? blobLine(sha256, value.value) : missingBlobLine(sha256));
    part.blob(value ? { sha256 } : { sha256, missing: true });
  }
}

/** @returns undefined when the source has lost it, or has something else in its place. */
async function readBlob(
  source: ExportSource,
  sha256: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly value: unknown } | undefined> {
  try {
    return { value: await source.blob(sha256, signal ? { signal } : {}) };
  } catch (error) {
    const { code } = MaestroError.from(error);
    if (code === 'blob.not_found' || code === 'blob.corrupt') return undefined;
    throw error;
  }
}

function checkHead(part: PartChecker, { head }: RemoteLog): void {
  const { id } = part.ref;
  if (head?.sequence !== part.sequence) {
    throw new MaestroError(
      'log.corrupt',
      `events of ${id} end at ${part.sequence}, the head is at ${head?.sequence}`,
    );
  }
  if (head.row !== undefined && head.row !== part.headRow) {
    throw new MaestroError('log.corrupt', `the log of ${id} does not fold to its head row`);
  }
}
