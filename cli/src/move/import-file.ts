import type { FinishImportAnswer } from '@maestro/client';
import { copyId, MaestroError, type CopySource } from '@maestro/core';
import type { FileHandle } from 'node:fs/promises';
import { Refusal } from '../failure.ts';
import { checkedParts, type CheckedPart } from './checked-parts.ts';
import { LogCopier } from './copy-log.ts';
import { endsAll, refusalOf, type RefusalReport } from './ends-all.ts';
import type { ExportEnd, ExportHeader } from './export-format.ts';
import { fileLines, type FilePlace } from './file-lines.ts';
import {
  importContinuation,
  type ImportableLog,
  type ImportOptions,
} from './import-continuation.ts';
import { isClosed } from './part-checker.ts';
import { partItems, type PartItem } from './part-items.ts';

/** What came of one continuation of a file. */
export interface ImportReport {
  readonly file: string;
  /** Line at which its part begins. */
  readonly line: number;
  /** Its id in the file; undefined where a part should begin and does not. */
  readonly id: string | undefined;
  /** Its id here, where that is another one. */
  readonly copy?: string;
  /** `present`: it was here before. */
  readonly outcome: 'imported' | 'present' | 'refused';
  readonly answer?: Omit<FinishImportAnswer, 'changed'>;
  readonly error?: RefusalReport;
}

/** Options of {@link importFile}. */
export interface ImportFileOptions extends Omit<ImportOptions, 'onRows'> {
  /** What the file is called. */
  readonly name: string;
  /** Tenant of the token. */
  readonly tenant: string;
  /** Makes new continuations of the logs. */
  readonly copy: boolean;
  /** Tells copies of one log from each other. @default '' */
  readonly copyKey?: string;
  readonly onRows?: (id: string, sequence: number, of: number) => void;
}

/**
 * Imports every continuation of an export. The whole part of one is verified before anything of it is sent; one that is
 * refused does not stop the others.
 *
 * @throws what ends all of it: the API cannot be reached, the token is not good, it was interrupted.
 */
export async function* importFile(
  handle: FileHandle,
  options: ImportFileOptions,
): AsyncGenerator<ImportReport, void> {
  let parts = 0;
  for await (const part of checkedParts(fileLines(handle))) {
    parts++;
    yield await importPart(handle, part, options);
  }
  if (parts === 0) throw new Refusal('import.empty', `${options.name} holds no continuation`);
}

async function importPart(
  handle: FileHandle,
  part: CheckedPart,
  options: ImportFileOptions,
): Promise<ImportReport> {
  const { name, signal, onRows } = options;
  const { header, start, fault, end } = part;
  const about = { file: name, line: start.line, id: header?.id };
  if (!header || !end) {
    const { line = start.line, code = 'log.corrupt', message = '' } = fault ?? {};
    const error = { code, message: `${name} line ${line}: ${message}` };
    return { ...about, outcome: 'refused', error };
  }
  try {
    checkMayCome(header, end, options);
    const log = options.copy
      ? await copiedLog(handle, start, sourceOf(header, end, options), options.tenant)
      : { ...end, items: () => partItems(handle, start) };
    const { changed, ...answer } = await importContinuation(log, {
      ...options,
      onRows: (sequence) => onRows?.(header.id, sequence, end.sequence),
    });
    const outcome = changed ? 'imported' : 'present';
    return { ...about, ...(options.copy ? { copy: log.id } : {}), outcome, answer };
  } catch (error) {
    signal?.throwIfAborted();
    if (endsAll(error)) throw error;
    return { ...about, outcome: 'refused', error: refusalOf(error) };
  }
}

function checkMayCome(
  header: ExportHeader,
  end: ExportEnd,
  { copy, tenant }: ImportFileOptions,
): void {
  if (copy) return;
  if (header.tenant !== tenant) {
    throw new Refusal(
      'import.tenant',
      `${header.id} belongs to the tenant ${header.tenant}, the token to ${tenant}: use a token of ${header.tenant}, or import a copy with --copy`,
    );
  }
  if (isClosed(end)) return;
  throw new MaestroError(
    'import.invalid',
    `${header.id} ends neither sealed nor finished, so it may go on where it came from: seal it there and export it again, or import a copy with --copy`,
  );
}

function sourceOf(
  { tenant, id }: ExportHeader,
  { hash }: ExportEnd,
  { copyKey = '' }: ImportFileOptions,
): CopySource {
  return { tenant, id, hash, key: copyKey };
}

/** The log sealed anew under an id of its own; hashed once to know its end, and again while it is sent. */
async function copiedLog(
  handle: FileHandle,
  start: FilePlace,
  copyOf: CopySource,
  tenant: string,
): Promise<ImportableLog> {
  const ref = { tenant, id: copyId(tenant, copyOf) };
  async function* items(copier: LogCopier): AsyncGenerator<PartItem, void> {
    for await (const item of partItems(handle, start)) {
      yield item.kind === 'row' ? { ...item, row: copier.copy(item.row) } : item;
    }
  }
  const copier = new LogCopier(ref);
  let sequence = 0;
  for await (const item of items(copier)) if (item.kind === 'row') ({ sequence } = item);
  const { hash } = copier;
  return { id: ref.id, sequence, hash, copyOf, items: () => items(new LogCopier(ref)) };
}
