import { isMarked } from './export-format.ts';
import { fileLines } from './file-lines.ts';
import { openInput } from './open-input.ts';

/** Whether a file is one of `maestro export`, by its first line. @throws UsageError when it is not there. */
export async function isExport(file: string): Promise<boolean> {
  const handle = await openInput(file);
  try {
    for await (const line of fileLines(handle)) return isMarked(line.text);
    return false;
  } finally {
    await handle.close();
  }
}
