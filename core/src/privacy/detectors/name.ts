import type { Detector, Span } from './detector.ts';

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

interface Listed {
  readonly words: readonly string[];
  /** One word that begins with a capital is only taken where it is written so: `Rose`, not `rose`. */
  readonly capital: boolean;
}

/** Finds the names of a list: whole words in any case, with whatever separates them (`Hopper, Grace` is another name). */
export function nameDetector(names: readonly string[]): Detector {
  const byFirst = new Map<string, Listed[]>();
  for (const name of names) {
    const words = wordsOf(name);
    const [first] = words;
    if (!first) continue;
    const capital = words.length === 1 && /^\p{Lu}/u.test(first.text);
    const listed = { words: words.map(({ text }) => folded(text)), capital };
    byFirst.set(folded(first.text), [...(byFirst.get(folded(first.text)) ?? []), listed]);
  }
  // The longest first: `Grace Hopper` before `Grace`.
  for (const list of byFirst.values()) list.sort((a, b) => b.words.length - a.words.length);
  return {
    kind: 'name',
    find: ({ text }) => {
      const words = wordsOf(text);
      const spans: Span[] = [];
      for (let at = 0; at < words.length; at++) {
        const word = words[at];
        const found = word && byFirst.get(folded(word.text))?.find((one) => isAt(one, words, at));
        const last = found && words[at + found.words.length - 1];
        if (!word || !last) continue;
        spans.push({ start: word.start, end: last.start + last.text.length });
        at += found.words.length - 1;
      }
      return spans;
    },
  };
}

interface Word {
  readonly text: string;
  readonly start: number;
}

function wordsOf(text: string): readonly Word[] {
  return Array.from(text.matchAll(WORD), (match) => ({ text: match[0], start: match.index }));
}

function folded(word: string): string {
  return word.normalize('NFC').toLowerCase();
}

function isAt({ words, capital }: Listed, all: readonly Word[], at: number): boolean {
  for (const [index, word] of words.entries()) {
    const here = all[at + index];
    if (!here || folded(here.text) !== word) return false;
    const before = all[at + index - 1];
    // Close together: not at both ends of a sentence.
    if (index > 0 && before && here.start - (before.start + before.text.length) > 3) return false;
  }
  return !capital || /^\p{Lu}/u.test(all[at]?.text ?? '');
}
