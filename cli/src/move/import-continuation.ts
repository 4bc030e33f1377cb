import type { FinishImportAnswer, MaestroClient } from '@maestro/client';
import { MaestroError, type CopySource } from '@maestro/core';
import type { PartItem } from './part-items.ts';

/** What an import writes to. */
export type ImportTarget = Pick<
  MaestroClient,
  'importRows' | 'finishImport' | 'putBlob' | 'signal' | 'wake'
>;

/** A log that has been verified, to be brought to a target. */
export interface ImportableLog {
  /** Under which id; the rows name it as well. */
  readonly id: string;
  /** Sequence and hash of the last event. */
  readonly sequence: number;
  readonly hash: string;
  /** What it is a copy of, if it is one. */
  readonly copyOf?: CopySource;
  /** Reads it once more from the beginning. */
  readonly items: () => AsyncIterable<PartItem>;
}

/** Options of {@link importContinuation}. */
export interface ImportOptions {
  readonly target: ImportTarget;
  /** Lets it go on afterwards. */
  readonly unseal: boolean;
  readonly signal?: AbortSignal;
  /** Told after every request, with the sequence of the last row. */
  readonly onRows?: (sequence: number) => void;
}

const MAX_ROWS = 50;

/**
 * The longest text of the rows of one request, in bytes as JSON: with what is around them below the API's limit of 1 MiB.
 * A single row is shorter even if every character of it has to be escaped.
 */
const MAX_REQUEST_BYTES = 900_000;

/**
 * Brings a log to a target: blobs and rows in order, then the head. Safe to repeat after it was cut off anywhere; what is
 * there is not sent again.
 *
 * @throws MaestroError what the API answers; nothing of a refused log is visible.
 */
export async function importContinuation(
  log: ImportableLog,
  options: ImportOptions,
): Promise<FinishImportAnswer> {
  const answer = await bring(log, options);
  return await letGoOn(log, answer, options);
}

async function bring(log: ImportableLog, options: ImportOptions): Promise<FinishImportAnswer> {
  const first = await tryFinish(log, options);
  if ('status' in first) return first;
  await sendFrom(first.missingFrom, log, options);
  return await finish(log, options);
}

function finish(
  { id, sequence, hash, copyOf }: ImportableLog,
  { target, signal }: ImportOptions,
): Promise<FinishImportAnswer> {
  return target.finishImport(id, { sequence, hash, ...(copyOf ? { copyOf } : {}) }, callOf(signal));
}

/** Asks for the end first: an import that was done before is known by it, one that was cut off by the row it lacks. */
async function tryFinish(
  log: ImportableLog,
  options: ImportOptions,
): Promise<FinishImportAnswer | { readonly missingFrom: number }> {
  try {
    return await finish(log, options);
  } catch (error) {
    const { code, details } = MaestroError.from(error);
    if (code !== 'import.invalid') throw error;
    // Whatever else is wrong, sending the rows from there on, or from the first, tells it.
    const sequence = Number(/^event (\d+)$/.exec(details[0]?.at ?? '')?.[1] ?? 1);
    return { missingFrom: sequence <= log.sequence ? sequence : 1 };
  }
}

/** Sends the rows from a sequence on, and all blobs: each is stored before the row after it. */
async function sendFrom(
  missingFrom: number,
  { id, items }: ImportableLog,
  { target, signal, onRows }: ImportOptions,
): Promise<void> {
  let rows: string[] = [];
  let bytes = 0;
  let last = 0;
  const send = async (): Promise<void> => {
    if (rows.length === 0) return;
    await target.importRows(id, { from: last - rows.length + 1, rows }, callOf(signal));
    onRows?.(last);
    rows = [];
    bytes = 0;
  };
  for await (const item of items()) {
    signal?.throwIfAborted();
    if (item.kind === 'blob') {
      const { sha256, value, missing } = item.blob;
      if (!missing) await target.putBlob(sha256, value, callOf(signal));
      continue;
    }
    if (item.sequence < missingFrom) continue;
    const size = Buffer.byteLength(JSON.stringify(item.row)) + 1;
    if (rows.length === MAX_ROWS || bytes + size > MAX_REQUEST_BYTES) await send();
    rows.push(item.row);
    bytes += size;
    last = item.sequence;
  }
  await send();
}

/** Unseals what is to go on here; a copy that was not sealed goes on as it is, once it is woken. */
async function letGoOn(
  log: ImportableLog,
  answer: FinishImportAnswer,
  { target, unseal, signal }: ImportOptions,
): Promise<FinishImportAnswer> {
  // Beyond its end it has gone on already, and a seal there is another one.
  if (answer.sequence !== log.sequence) return answer;
  if (answer.sealed) {
    if (!unseal) return answer;
    // Named after the seal that it ends, so that a repetition ends no later one.
    const idempotencyKey = `unseal:${log.hash}`;
    const { status, sequence } = await target.signal(log.id, 'unseal', {
      idempotencyKey,
      ...callOf(signal),
    });
    return { changed: answer.changed, status, sequence, sealed: false };
  }
  if (log.copyOf) await target.wake(log.id, callOf(signal));
  return answer;
}

function callOf(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
