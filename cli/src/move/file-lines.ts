import { MaestroError } from '@maestro/core';
import type { FileHandle } from 'node:fs/promises';

const READ_BYTES = 256 * 1024;

/** More than the longest line of an export: a value of 2 MiB and what is around it. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** A place between two lines of a file. */
export interface FilePlace {
  /** Byte at which the next line begins. */
  readonly offset: number;
  /** Number of the next line, from 1 on. */
  readonly line: number;
}

/** A line of a file, without its end. */
export interface FileLine {
  readonly number: number;
  readonly text: string;
  /** Byte at which it begins. */
  readonly start: number;
  /** Byte after its line feed. */
  readonly end: number;
  /** False for a last line without a line feed: whoever wrote it may have been cut off. */
  readonly complete: boolean;
}

/**
 * The lines of a file from a place on, in constant memory. Reads at positions of its own, so that several can read one
 * handle.
 *
 * @throws MaestroError `log.corrupt` for a line that is longer than any of an export.
 */
export async function* fileLines(
  handle: FileHandle,
  from: FilePlace = { offset: 0, line: 1 },
): AsyncGenerator<FileLine, void> {
  let number = from.line;
  let start = from.offset;
  let position = from.offset;
  let rest: Buffer[] = [];
  let restBytes = 0;
  const lineUpTo = (end: number, complete: boolean): FileLine => {
    const text = Buffer.concat(rest).toString('utf8');
    const line = { number, text, start, end, complete };
    rest = [];
    restBytes = 0;
    number++;
    start = end;
    return line;
  };
  for (;;) {
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafe(READ_BYTES),
      0,
      READ_BYTES,
      position,
    );
    let at = 0;
    for (;;) {
      const feed = buffer.subarray(0, bytesRead).indexOf(10, at);
      const part = buffer.subarray(at, feed === -1 ? bytesRead : feed);
      rest.push(part);
      restBytes += part.length;
      if (restBytes > MAX_LINE_BYTES) {
        throw new MaestroError('log.corrupt', `line ${number} is longer than any of an export`);
      }
      if (feed === -1) break;
      at = feed + 1;
      yield lineUpTo(position + at, true);
    }
    position += bytesRead;
    if (bytesRead === 0) break;
  }
  if (restBytes > 0) yield lineUpTo(position, false);
}
