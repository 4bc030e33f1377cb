import { EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import type { Node } from './syntax.ts';

/** What the library says of a text or a value. */
export interface CelFault {
  /** The library's code, such as `no_such_key`. */
  readonly code: string;
  readonly summary: string;
  /** The offset of the place; undefined when it is not known. */
  readonly offset: number | undefined;
  readonly end: number | undefined;
  readonly node: Node | undefined;
}

/** What an error of the library says; of what has no overload, in plainer words. */
export function celFault(error: unknown): CelFault {
  if (
    error instanceof ParseError ||
    error instanceof CelTypeError ||
    error instanceof EvaluationError
  ) {
    const { code, summary, range, node } = error;
    return {
      code,
      summary: summary.replace(NO_OVERLOAD, noOverload),
      offset: range?.start,
      end: range?.end,
      node: node?.op === undefined ? undefined : (node as Node),
    };
  }
  const summary = error instanceof Error ? error.message : String(error);
  return { code: 'unknown', summary, offset: undefined, end: undefined, node: undefined };
}

const NO_OVERLOAD = /^(?:no such overload: (.*)|found no matching overload for '(.*)')$/s;

function noOverload(_: string, operator?: string, call?: string): string {
  const types = (operator ?? call ?? '').replaceAll(/dyn<([^<>]+)>/g, '$1');
  return `${types} is not possible: the types do not fit`;
}
