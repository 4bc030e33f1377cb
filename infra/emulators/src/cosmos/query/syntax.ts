import type { Json } from '../json.ts';

/** Functions that this emulator knows; `COUNT` is the only aggregate. */
export const FUNCTIONS = ['ARRAY_CONTAINS', 'STARTSWITH', 'IS_DEFINED'] as const;

/** Name of a known function. */
export type FunctionName = (typeof FUNCTIONS)[number];

/** Comparisons of two values. */
export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;

/** Sign of a comparison. */
export type Comparison = (typeof COMPARISONS)[number];

/** A scalar expression. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'parameter'; readonly name: string }
  /** Steps below the item; none is the item itself. */
  | { readonly kind: 'path'; readonly steps: readonly (string | number)[] }
  | {
      readonly kind: 'comparison';
      readonly sign: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'in'; readonly value: Expression; readonly among: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expression[] }
  | { readonly kind: 'count'; readonly of: Expression }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly fields: readonly Field[] };

/** A named value of an object or of a select list, with its text in the query. */
export interface Field {
  readonly name: string;
  readonly value: Expression;
  readonly text: string;
}

/** What a query answers for each item. */
export type Selection =
  | { readonly kind: 'all' }
  | { readonly kind: 'value'; readonly value: Expression; readonly text: string }
  | { readonly kind: 'fields'; readonly fields: readonly Field[] };

/** The one order of a query. */
export interface Order {
  readonly by: Expression;
  readonly descending: boolean;
  readonly text: string;
}

/** A parsed query. */
export interface Query {
  readonly selection: Selection;
  /** Name of the item in the query; `c` when it has no FROM clause. */
  readonly alias: string;
  readonly filter: Expression | undefined;
  readonly filterText: string | undefined;
  readonly order: Order | undefined;
  readonly top: number | undefined;
  readonly offset: number | undefined;
  readonly limit: number | undefined;
  /** Whether the selection is an aggregate over all items. */
  readonly isCount: boolean;
}

/** Values of the query's parameters by name, with the `@`. */
export type Parameters = ReadonlyMap<string, Json>;
