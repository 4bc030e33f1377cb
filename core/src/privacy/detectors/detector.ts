import type { RedactionKind } from '../redaction-kind.ts';

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
}

/** Finds one kind of personal data. Pure, never throws, and takes time that grows no faster than the text. */
export interface Detector {
  readonly kind: RedactionKind;
  /** A cheap look at a text: false when it cannot hold any. */
  readonly mayHold: (text: string) => boolean;
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

/** Six digits close to each other: every number that identifies somebody has them. */
const DIGITS = /\d(?:[^\d\n]{0,3}\d){5}/;

/** Whether a text can hold a number that identifies somebody. */
export function hasLongNumber(text: string): boolean {
  return DIGITS.test(text);
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

/** The spans of all matches of a global expression that pass a check. */
export function spansOf(
  expression: RegExp,
  text: string,
  accept: (match: RegExpExecArray) => boolean,
): readonly Span[] {
  const spans: Span[] = [];
  for (const match of matchesOf(expression, text)) {
    if (accept(match)) spans.push({ start: match.index, end: match.index + match[0].length });
  }
  return spans;
}

/** The digits of a text, and nothing else of it. */
export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}

/** What may separate the groups of a number, for a character class: spaces and hyphens, also those that do not break. */
export const GAP = ' \\u00a0\\u2009\\u202f\\-\\u2010\\u2011';
