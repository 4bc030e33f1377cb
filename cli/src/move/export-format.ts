import {
  canonicalJson,
  ContinuationId,
  ContinuationStatus,
  MaestroError,
  sha256Hex,
  TenantSlug,
} from '@maestro/core';
import { z } from 'zod';

/** The version of the format that this release writes and reads. */
export const EXPORT_VERSION = 1;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** First line of a continuation's part of a file. */
export const ExportHeader = z.looseObject({
  maestro: z.literal('export'),
  version: z.int(),
  tenant: TenantSlug,
  id: ContinuationId,
});
export type ExportHeader = z.infer<typeof ExportHeader>;

/** A value that the rows after it refer to; stands before the first of them. */
export const ExportBlob = z.looseObject({
  maestro: z.literal('blob'),
  sha256: Sha256,
  /** The value; absent when the source had lost it. */
  value: z.unknown().optional(),
  missing: z.literal(true).optional(),
});
export type ExportBlob = z.infer<typeof ExportBlob>;

/** Where a log ends, and how the continuation stands there. */
export interface LogEnd {
  readonly id: string;
  /** Sequence and hash of the last event. */
  readonly sequence: number;
  readonly hash: string;
  readonly status: ContinuationStatus;
  readonly sealed: boolean;
}

/** Last line of a continuation's part: what the rows have to come to. */
export const ExportEnd = z.looseObject({
  maestro: z.literal('end'),
  id: ContinuationId,
  sequence: z.int().min(1),
  hash: Sha256,
  status: ContinuationStatus,
  sealed: z.boolean(),
});
export type ExportEnd = z.infer<typeof ExportEnd>;

/** A line of an export. Whatever is not marked as ours is a row, exactly as it is stored. */
export type ExportLine =
  | { readonly kind: 'header'; readonly header: ExportHeader }
  | { readonly kind: 'blob'; readonly blob: ExportBlob }
  | { readonly kind: 'end'; readonly end: ExportEnd }
  | { readonly kind: 'row'; readonly row: string };

/** Rows are canonical JSON, whose members are sorted: none begins like this. */
const MARK = '{"maestro":';

/** Whether a line is one of an export's own, and no row. */
export function isMarked(text: string): boolean {
  return text.startsWith(MARK);
}

/** Whether a text may be the beginning of a line of an export's own. */
export function mayBeMarked(text: string): boolean {
  return isMarked(text) || MARK.startsWith(text);
}

/**
 * Reads a line of an export; rows are not looked at.
 *
 * @throws MaestroError `log.corrupt` for a line that is marked and cannot be read, or a blob with another hash.
 */
export function readExportLine(text: string): ExportLine {
  if (!isMarked(text)) return { kind: 'row', row: text };
  const value = jsonOf(text);
  const header = ExportHeader.safeParse(value);
  if (header.success) {
    const { version } = header.data;
    if (version === EXPORT_VERSION) return { kind: 'header', header: header.data };
    throw new MaestroError(
      'event.unsupported_version',
      `the export is of version ${version}, this release reads ${EXPORT_VERSION}`,
    );
  }
  const blob = ExportBlob.safeParse(value);
  if (blob.success) {
    checkBlob(blob.data);
    return { kind: 'blob', blob: blob.data };
  }
  const end = ExportEnd.safeParse(value);
  if (end.success) return { kind: 'end', end: end.data };
  throw new MaestroError('log.corrupt', 'it is neither header, blob nor end of an export');
}

/** The header of a continuation's part. */
export function headerLine(tenant: string, id: string): string {
  return JSON.stringify({ maestro: 'export', version: EXPORT_VERSION, tenant, id });
}

/** A value that rows refer to. */
export function blobLine(sha256: string, value: unknown): string {
  return `{"maestro":"blob","sha256":"${sha256}","value":${canonicalJson(value)}}`;
}

/** A value that rows refer to and the source has lost. */
export function missingBlobLine(sha256: string): string {
  return JSON.stringify({ maestro: 'blob', sha256, missing: true });
}

/** The end of a continuation's part. */
export function endLine(end: LogEnd): string {
  const { id, sequence, hash, status, sealed } = end;
  return JSON.stringify({ maestro: 'end', id, sequence, hash, status, sealed });
}

function checkBlob({ sha256, value, missing }: ExportBlob): void {
  if (missing) return;
  if (value === undefined || sha256Hex(canonicalJson(value)) !== sha256) {
    throw new MaestroError('blob.corrupt', `the blob ${sha256} has another content`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new MaestroError('log.corrupt', 'it is not JSON', { cause: error });
  }
}
