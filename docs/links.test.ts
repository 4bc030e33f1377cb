import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** Every file below a folder but for what is installed, built or hidden, relative to the root. */
function filesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || ['node_modules', 'dist'].includes(entry.name)) return [];
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}

const files = filesBelow('');
const documents = files.filter((file) => file.endsWith('.md'));

/** A heading as it is linked to. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const textOf = (file: string): string =>
  readFileSync(path.join(root, file), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');

it.each(documents)('every relative link of %s leads somewhere', (file) => {
  const dead = [...textOf(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [to = '', anchor] = target.split('#');
      const linked = to === '' ? file : path.join(path.dirname(file), to);
      if (!existsSync(path.join(root, linked))) return true;
      if (anchor === undefined) return false;
      const headings = [...textOf(linked).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text);
      return !headings.map(anchorOf).includes(anchor);
    });
  expect(dead).toEqual([]);
});

it('every package has a README', () => {
  const without = files
    .filter((file) => path.basename(file) === 'package.json')
    .filter((file) => !existsSync(path.join(root, path.dirname(file), 'README.md')));
  expect(without).toEqual([]);
});
