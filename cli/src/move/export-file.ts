import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Refusal } from '../failure.ts';
import { checkedParts } from './checked-parts.ts';
import type { ExportedLog } from './export-continuation.ts';
import { mayBeMarked } from './export-format.ts';
import type { ExportSink } from './export-sink.ts';
import { fileLines, type FileLine } from './file-lines.ts';
import type { PartChecker } from './part-checker.ts';

const BUFFER_CHARACTERS = 256 * 1024;

/**
 * The file of an export. It is written as `FILE.partial` and gets its name once everything is in it and on the disk. One
 * that is there in part is verified and gone on with; one that is there as a whole is never changed.
 */
export class ExportFile implements ExportSink {
  readonly file: string;
  /** Whether the file is there as a whole; nothing can be written then. */
  readonly isWhole: boolean;
  readonly #handle: FileHandle;
  readonly #done = new Map<string, ExportedLog>();
  #begun: PartChecker | undefined;
  /** Length of what is in order: everything that is not in the buffer. */
  #length = 0;
  #partStart = 0;
  #buffer: string[] = [];
  #buffered = 0;

  private constructor(file: string, isWhole: boolean, handle: FileHandle) {
    this.file = file;
    this.isWhole = isWhole;
    this.#handle = handle;
  }

  /**
   * Opens the file, as a whole or in part, or makes it.
   *
   * @throws Refusal `export.file` when what is there is not the beginning of an export.
   */
  static async open(file: string): Promise<ExportFile> {
    const isWhole = await exists(file);
    const partial = partialOf(file);
    // Both are there: a crash between an export and another one to the same name, which is for people to look at.
    const name = isWhole ? file : partial;
    const handle = isWhole
      ? await open(file, 'r')
      : await open(partial, (await exists(partial)) ? 'r+' : 'wx+');
    const opened = new ExportFile(file, isWhole, handle);
    try {
      await opened.#read(name);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return opened;
  }

  /** How a continuation's part ends, if the file has all of it. */
  done(id: string): ExportedLog | undefined {
    return this.#done.get(id);
  }

  /** The part that the file has the beginning of. */
  get begun(): PartChecker | undefined {
    return this.#begun;
  }

  async write(line: string): Promise<void> {
    this.#buffer.push(`${line}\n`);
    this.#buffered += line.length;
    if (this.#buffered >= BUFFER_CHARACTERS) await this.#flush();
  }

  /** Keeps what was written since the last part as a part of its own. */
  async endPart(end: ExportedLog): Promise<void> {
    await this.#flush();
    this.#done.set(end.id, end);
    this.#begun = undefined;
    this.#partStart = this.#length;
  }

  /** Takes back what was written since the last part. */
  async dropPart(): Promise<void> {
    this.#clear();
    await this.#handle.truncate(this.#partStart);
    this.#length = this.#partStart;
    this.#begun = undefined;
  }

  /** Gives the file its name, once it is on the disk. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#handle.sync();
    await this.#handle.close();
    if (await exists(this.file)) throw wholeBut(this.file, 'was made by somebody else meanwhile');
    await rename(partialOf(this.file), this.file);
    await syncFolder(path.dirname(this.file));
  }

  /** Leaves what is there in part, to be gone on with. */
  async leave(): Promise<void> {
    if (!this.isWhole) await this.#flush();
    await this.#handle.close();
  }

  async #read(name: string): Promise<void> {
    for await (const part of checkedParts(completeLines(this.#handle))) {
      const { header, end, fault, checker } = part;
      if (end) {
        this.#done.set(end.id, { ...end, missingBlobs: checker?.missing.size ?? 0 });
        this.#partStart = part.goodUntil.offset;
      } else if (fault && !fault.cut) {
        throw new Refusal(
          'export.file',
          `${name} line ${fault.line}: ${fault.message}; give another --out, or delete it`,
        );
      } else if (header) {
        this.#begun = checker;
      }
      this.#length = part.goodUntil.offset;
    }
    if (this.isWhole) {
      if (this.#begun) throw wholeBut(this.file, `ends within ${this.#begun.ref.id}`);
      if (this.#done.size === 0) throw wholeBut(this.file, 'is no export');
      return;
    }
    // What was torn off is written again.
    await this.#handle.truncate(this.#length);
  }

  async #flush(): Promise<void> {
    if (this.#buffer.length === 0) return;
    const bytes = Buffer.from(this.#buffer.join(''));
    this.#clear();
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        written,
        bytes.length - written,
        this.#length,
      );
      written += bytesWritten;
      this.#length += bytesWritten;
    }
  }

  #clear(): void {
    this.#buffer = [];
    this.#buffered = 0;
  }
}

/** Where an export is while it is not whole. */
export function partialOf(file: string): string {
  return `${file}.partial`;
}

/** All lines but a torn last one; of a file that has no other, it is looked at whether it may be of ours. */
async function* completeLines(handle: FileHandle): AsyncGenerator<FileLine, void> {
  for await (const line of fileLines(handle)) {
    if (line.complete || (line.number === 1 && !mayBeMarked(line.text))) yield line;
  }
}

function wholeBut(file: string, what: string): Refusal {
  return new Refusal(
    'export.file',
    `${file} is there already and ${what}; give another --out, or delete it`,
  );
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** So that the new name outlives a power cut; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows opens no folders.
  }
}
