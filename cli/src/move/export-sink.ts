import type { Writable } from 'node:stream';

/** Where an export goes, line by line. */
export interface ExportSink {
  /** Takes a line, without its end. Waits while whoever reads it is slow. */
  write(line: string): Promise<void>;
}

/** A sink that is read by another program. */
export function streamSink(stream: Writable): ExportSink {
  return {
    write: async (line) => {
      if (stream.write(`${line}\n`)) return;
      await new Promise<void>((resolve) => stream.once('drain', resolve));
    },
  };
}
