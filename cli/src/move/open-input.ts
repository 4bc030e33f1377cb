import { open, type FileHandle } from 'node:fs/promises';
import { UsageError } from '../failure.ts';

/** Opens a file that a command reads. @throws UsageError when it is not there or cannot be read. */
export async function openInput(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'ENOENT' ? `there is no file ${file}` : `${file}: ${code}`);
  }
}
