import { wellFormed } from '../canonical/well-formed.ts';
import { MaestroError } from '../errors/maestro-error.ts';

/** Characters of a line that an excerpt shows. */
const EXCERPT_WIDTH = 80;

/** Where an offset is in a text: line and column, from 1, in UTF-16 units. */
export function positionOf(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/** The line that holds an offset, at most 80 characters of it, and below it a caret under the offset. */
export function excerptOf(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end === -1 ? text.length : end);
  const column = offset - start;
  const from = Math.max(0, Math.min(column - EXCERPT_WIDTH / 2, line.length - EXCERPT_WIDTH));
  const shown = wellFormed(line.slice(from, from + EXCERPT_WIDTH)).replaceAll(/\s/g, ' ');
  return `${shown}\n${' '.repeat(column - from)}^`;
}

/**
 * The refusal of a predicate. The message has line, column, problem and excerpt; `details` has one entry, `at` as
 * `line:column` and the problem with the excerpt.
 */
export function predicateError(
  code: 'predicate.invalid' | 'predicate.too_costly',
  text: string,
  offset: number,
  problem: string,
): MaestroError {
  const at = Math.max(0, Math.min(offset, text.length));
  const { line, column } = positionOf(text, at);
  const excerpt = excerptOf(text, at);
  return new MaestroError(
    code,
    `predicate, line ${line}, column ${column}: ${problem}\n${excerpt}`,
    { details: [{ at: `${line}:${column}`, message: `${problem}\n${excerpt}` }] },
  );
}
