import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openInput } from './open-input.ts';

/** A file to be read, more than once. */
export interface Input {
  readonly name: string;
  readonly handle: FileHandle;
  close(): Promise<void>;
}

/**
 * Opens a file, or what comes on a stream for `-`: that is put into a temporary file first, because an import reads
 * everything twice.
 *
 * @throws UsageError when the file is not there.
 */
export async function openSpooled(
  file: string,
  stdin: Readable,
  signal?: AbortSignal,
): Promise<Input> {
  if (file !== '-') {
    const handle = await openInput(file);
    return { name: file, handle, close: () => handle.close() };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-import-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const spool = path.join(folder, 'stdin.jsonl');
    await pipeline(stdin, createWriteStream(spool, { mode: 0o600 }), signal ? { signal } : {});
    const handle = await open(spool, 'r');
    const close = async (): Promise<void> => {
      await handle.close();
      await remove();
    };
    return { name: 'standard input', handle, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
