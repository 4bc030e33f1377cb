import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A file of `eval/sql`. */
export interface SqlFile {
  /** `common/001-events.sql`: what it is known by once it has run. */
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text; line ends do not count. */
  readonly checksum: string;
}

const ROOT = new URL('../../../../eval/sql/', import.meta.url);

/** The files of some folders of `eval/sql`, all of them in the order of their numbers. */
export function sqlFiles(...folders: readonly string[]): SqlFile[] {
  return folders
    .flatMap((folder) => {
      const url = new URL(`${folder}/`, ROOT);
      return existsSync(url) ? readdirSync(url).map((file) => ({ folder, file, url })) : [];
    })
    .filter(({ file }) => file.endsWith('.sql'))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ folder, file, url }) => sqlFile(`${folder}/${file}`, readFileSync(new URL(file, url))));
}

/** A file of a text. */
export function sqlFile(name: string, bytes: Uint8Array | string): SqlFile {
  const text = Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n');
  return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
}
