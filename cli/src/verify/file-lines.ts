import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The lines of a file that are not empty, with their numbers from 1. */
export async function* fileLines(
  file: string,
): AsyncGenerator<{ readonly number: number; readonly line: string }, void> {
  const input = createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() !== '') yield { number, line };
    }
  } finally {
    lines.close();
    input.destroy();
  }
}
