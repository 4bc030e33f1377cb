import type { RedactionKind } from '../redaction-kind.ts';
import type { NumberStretch } from './number-stretch.ts';

/** Where a value stands in a text: from the first character up to, and without, the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text that is searched. */
export interface Searched {
  readonly text: string;
  /** What the text is called where it stands, such as the name of a JSON member; empty when it has none. */
  readonly label: string;
  /** Where in it numbers are that can identify somebody. */
  readonly numbers: readonly NumberStretch[];
}

/** Finds one kind of personal data. Pure, never throws, and takes time that grows no faster than the text. */
export interface Detector {
  readonly kind: RedactionKind;
  find(searched: Searched): readonly Span[];
}

/** How far before a value a word may stand that says what the value is, in characters. */
const CONTEXT_CHARS = 48;

/** What stands right before a position; the label of the text counts as its first words. */
export function contextBefore({ text, label }: Searched, index: number): string {
  const before = text.slice(Math.max(0, index - CONTEXT_CHARS), index);
  if (index >= CONTEXT_CHARS || label === '') return before;
  const words = label.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[_.-]/g, ' ');
  return `${words.slice(0, CONTEXT_CHARS)}: ${before}`;
}

/**
 * The end of {@link contextBefore} that a word before a value and what stands between the two are in: neither has digits, closing
 * brackets or ends of lines.
 */
export function wordsBefore(searched: Searched, index: number): string {
  const context = contextBefore(searched, index);
  let from = context.length;
  while (from > 0 && !endsWords(context.charCodeAt(from - 1))) from--;
  return context.slice(from);
}

function endsWords(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 93 || code === 10;
}

const NONE: readonly RegExpExecArray[] = [];

/** All matches of a global expression. `matchAll` makes a copy of the expression for each text: that costs more than the search. */
export function matchesOf(expression: RegExp, text: string): readonly RegExpExecArray[] {
  expression.lastIndex = 0;
  let match = expression.exec(text);
  if (!match) return NONE;
  const matches: RegExpExecArray[] = [];
  for (; match; match = expression.exec(text)) matches.push(match);
  return matches;
}

/** A value that an expression found in a stretch of digits. */
export interface NumberMatch extends Span {
  readonly text: string;
  /** Of the first group. */
  readonly gap: string | undefined;
}

/** All matches of a global expression beside or in a stretch of digits. */
export function matchesIn(expression: RegExp, stretch: NumberStretch): readonly NumberMatch[] {
  expression.lastIndex = 0;
  let match = expression.exec(stretch.window);
  if (!match) return NO_NUMBERS;
  const matches: NumberMatch[] = [];
  for (; match; match = expression.exec(stretch.window)) {
    const start = stretch.from + match.index;
    matches.push({ start, end: start + match[0].length, text: match[0], gap: match[1] });
  }
  return matches;
}

const NO_NUMBERS: readonly NumberMatch[] = [];

/** The digits of a text, and nothing else of it. */
export function digitsOf(text: string): string {
  let digits = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) digits += text[at];
  }
  return digits;
}

/** What may separate the groups of a number, for a character class: spaces and hyphens, also those that do not break. */
export const GAP = ' \\u00a0\\u2009\\u202f\\-\\u2010\\u2011';
