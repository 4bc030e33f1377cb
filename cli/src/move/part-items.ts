import type { FileHandle } from 'node:fs/promises';
import { readExportLine, type ExportBlob } from './export-format.ts';
import { fileLines, type FilePlace } from './file-lines.ts';

/** What is sent of a part of an export: rows with their sequence, and the blobs before them. */
export type PartItem =
  | { readonly kind: 'row'; readonly sequence: number; readonly row: string }
  | { readonly kind: 'blob'; readonly blob: ExportBlob };

/** Reads a part that was checked once more, from its header to its end. */
export async function* partItems(
  handle: FileHandle,
  start: FilePlace,
): AsyncGenerator<PartItem, void> {
  let sequence = 0;
  for await (const { text } of fileLines(handle, start)) {
    const line = readExportLine(text);
    if (line.kind === 'end') return;
    if (line.kind === 'row') yield { kind: 'row', sequence: ++sequence, row: line.row };
    else if (line.kind === 'blob') yield line;
  }
}
