import { Refusal } from '../failure.ts';
import { endsAll, refusalOf, type RefusalReport } from './ends-all.ts';
import { exportContinuation, type ExportedLog, type ExportOptions } from './export-continuation.ts';
import type { ExportFile } from './export-file.ts';
import type { ExportSink } from './export-sink.ts';
import { isClosed, type PartChecker } from './part-checker.ts';

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
  'source' | 'seal' | 'unsealed' | 'allowMissing' | 'signal'
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
  const { source, seal, unsealed, allowMissing, signal, to, onEvent } = options;
  try {
    const done = file?.done(id);
    if (done) return await present(done, options);
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
      begun: await begunPart(id, file, allowMissing),
      seal,
      unsealed,
      allowMissing,
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

/** The part to go on with. One that lacks values is begun anew: they may have been restored since. */
async function begunPart(
  id: string,
  file: ExportFile | undefined,
  allowMissing: boolean,
): Promise<PartChecker | undefined> {
  const begun = file?.begun;
  if (!file || begun?.ref.id !== id) return undefined;
  if (begun.missing.size === 0 || allowMissing) return begun;
  await file.dropPart();
  return undefined;
}

/** A part that was written before is good as long as its continuation has not gone on since, and it lacks no values. */
async function present(
  end: ExportedLog,
  { source, allowMissing, signal }: ExportAllOptions,
): Promise<ExportReport> {
  const { sequence } = await source.get(end.id, signal ? { signal } : {});
  if (isClosed(end) && sequence !== end.sequence) {
    throw new Refusal(
      'export.file',
      `${end.id} has gone on since it was exported into this file; delete it, or give another --out`,
    );
  }
  if (end.missingBlobs > 0 && !allowMissing) {
    throw new Refusal(
      'export.missing_values',
      `${end.id} was exported into this file without ${end.missingBlobs} values that are lost here: keep it with --allow-missing; or restore them, and delete the file or give another --out`,
    );
  }
  return { outcome: 'present', ...end };
}
