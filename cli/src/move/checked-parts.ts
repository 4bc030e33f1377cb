import { MaestroError } from '@maestro/core';
import {
  readExportLine,
  type ExportEnd,
  type ExportHeader,
  type ExportLine,
} from './export-format.ts';
import type { FileLine, FilePlace } from './file-lines.ts';
import { PartChecker } from './part-checker.ts';

/** Where an export does not verify. */
export interface PartFault {
  /** Number of the line. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
  /** The file ends before the part does. */
  readonly cut?: true;
}

/** One continuation's part of an export, read to its end or to its first fault. */
export interface CheckedPart {
  /** Absent where a part should begin and does not. */
  readonly header?: ExportHeader;
  /** Before the header. */
  readonly start: FilePlace;
  /** After the last line that is in order. */
  readonly goodUntil: FilePlace;
  /** What was checked; as far as it is in order. */
  readonly checker?: PartChecker;
  /** Exactly one of end and fault is there. */
  readonly end?: ExportEnd;
  readonly fault?: PartFault;
}

/**
 * Reads an export, checks it line by line and yields part by part, in constant memory. A fault in one part does not
 * reach the next: it is taken up again where the next one begins.
 */
export async function* checkedParts(
  lines: AsyncIterable<FileLine>,
): AsyncGenerator<CheckedPart, void> {
  let part: OpenPart | undefined;
  /** After a fault: passing over lines up to the next header. */
  let lost = false;
  for await (const line of lines) {
    const read = readLine(line);
    if ('header' in read) {
      if (part)
        yield part.broken(
          line.number,
          'log.corrupt',
          'another continuation begins before this one has ended',
        );
      part = new OpenPart(read.header, line);
      lost = false;
      continue;
    }
    if (lost) continue;
    if (!part) {
      lost = true;
      yield strayLine(line, read);
      continue;
    }
    const done = 'fault' in read ? part.faultAt(line, read.fault) : part.take(line, read);
    if (!done) continue;
    yield done;
    part = undefined;
    lost = done.fault !== undefined;
  }
  if (part) yield part.cut();
}

type Read = ExportLine | { readonly kind: 'fault'; readonly fault: MaestroError };

function readLine(line: FileLine): Read {
  try {
    return readExportLine(line.text);
  } catch (error) {
    return { kind: 'fault', fault: MaestroError.from(error) };
  }
}

function strayLine(line: FileLine, read: Read): CheckedPart {
  const place = { offset: line.start, line: line.number };
  const message =
    'fault' in read
      ? read.fault.message
      : 'no continuation begins here: is it a file of maestro export?';
  const code = 'fault' in read ? read.fault.code : 'log.corrupt';
  return { start: place, goodUntil: place, fault: { line: line.number, code, message } };
}

/** A part that has not ended yet. */
class OpenPart {
  readonly #header: ExportHeader;
  readonly #start: FilePlace;
  readonly #checker: PartChecker;
  #goodUntil: FilePlace;

  constructor(header: ExportHeader, line: FileLine) {
    this.#header = header;
    this.#start = { offset: line.start, line: line.number };
    this.#goodUntil = after(line);
    this.#checker = new PartChecker({ tenant: header.tenant, id: header.id });
  }

  /** @returns the part once this line ends it, well or not. */
  take(line: FileLine, read: Exclude<Read, { kind: 'fault' | 'header' }>): CheckedPart | undefined {
    try {
      if (read.kind === 'row') this.#checker.row(read.row);
      else if (read.kind === 'blob') this.#checker.blob(read.blob);
      else this.#checker.end(read.end);
    } catch (error) {
      return this.faultAt(line, MaestroError.from(error));
    }
    this.#goodUntil = after(line);
    return read.kind === 'end' ? { ...this.#read(), end: read.end } : undefined;
  }

  /** A last line without its end that makes no sense was cut off, and not tampered with. */
  faultAt(line: FileLine, { code, message }: MaestroError): CheckedPart {
    if (!line.complete) return this.cut();
    return this.broken(line.number, code, message);
  }

  broken(line: number, code: string, message: string): CheckedPart {
    return { ...this.#read(), fault: { line, code, message } };
  }

  cut(): CheckedPart {
    const { line } = this.#goodUntil;
    const message = `the file ends after event ${this.#checker.sequence}, before the end of the log`;
    return { ...this.#read(), fault: { line, code: 'log.corrupt', message, cut: true } };
  }

  #read() {
    return {
      header: this.#header,
      start: this.#start,
      goodUntil: this.#goodUntil,
      checker: this.#checker,
    };
  }
}

function after(line: FileLine): FilePlace {
  return { offset: line.end, line: line.number + 1 };
}
