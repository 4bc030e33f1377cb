import { Refusal } from '../failure.ts';
import { endsAll, refusalOf, type RefusalReport } from './ends-all.ts';
import {
  exportContinuation,
  type ExportedLog,
  type ExportOptions,
  type ExportSource,
} from './export-continuation.ts';
import type { ExportFile } from './export-file.ts';
import type { LogEnd } from './export-format.ts';
import type { ExportSink } from './export-sink.ts';
import { isClosed } from './part-checker.ts';

/** What came of one continuation. */
export type ExportReport =
  | ({ readonly outcome: 'exported' | 'present' } & ExportedLog)
  | {
      readonly outcome: 'refused';
      readonly id: string;
      readonly error: RefusalReport;
    };

/** Options of {@link exportAll}. */
export interface ExportAllOptions extends Pick<
  ExportOptions,
  'source' | 'seal' | 'unsealed' | 'signal'
> {
  readonly ids: AsyncIterable<string> | Iterable<string>;
  /** Where it goes: a file that can be gone on with, or a stream. */
  readonly to: ExportFile | ExportSink;
  readonly onEvent?: (id: string, sequence: number) => void;
}

/**
 * Exports one continuation after the other. One that is refused does not stop the others.
 *
 * @throws what ends all of it: the API cannot be reached, the token is not good, it was interrupted.
 */
export async function* exportAll(options: ExportAllOptions): AsyncGenerator<ExportReport, void> {
  const { ids, to } = options;
  const file = 'endPart' in to ? to : undefined;
  const begun = file?.begun?.ref.id;
  // The part that was cut off is the last of the file: nothing can come before its end.
  if (begun !== undefined) yield await exportOne(options, begun, file);
  for await (const id of ids) if (id !== begun) yield await exportOne(options, id, file);
}

async function exportOne(
  options: ExportAllOptions,
  id: string,
  file: ExportFile | undefined,
): Promise<ExportReport> {
  const { source, seal, unsealed, signal, to, onEvent } = options;
  try {
    const done = file?.done(id);
    if (done) return await present(source, done, signal);
    if (file?.isWhole) {
      throw new Refusal(
        'export.file',
        `${file.file} is a whole export and lacks ${id}; give another --out`,
      );
    }
    const exported = await exportContinuation({
      source,
      id,
      sink: to,
      begun: file?.begun?.ref.id === id ? file.begun : undefined,
      seal,
      unsealed,
      ...(signal ? { signal } : {}),
      ...(onEvent ? { onEvent: (sequence: number) => onEvent(id, sequence) } : {}),
    });
    await file?.endPart(exported);
    return { outcome: 'exported', ...exported };
  } catch (error) {
    signal?.throwIfAborted();
    if (endsAll(error)) throw error;
    if (file && !file.isWhole) await file.dropPart();
    return { outcome: 'refused', id, error: refusalOf(error) };
  }
}

/** A part that was written before is good as long as its continuation has not gone on since. */
async function present(
  source: ExportSource,
  end: LogEnd,
  signal: AbortSignal | undefined,
): Promise<ExportReport> {
  const { sequence } = await source.get(end.id, signal ? { signal } : {});
  if (isClosed(end) && sequence !== end.sequence) {
    throw new Refusal(
      'export.file',
      `${end.id} has gone on since it was exported into this file; delete it, or give another --out`,
    );
  }
  return { outcome: 'present', ...end, missingBlobs: 0 };
}
