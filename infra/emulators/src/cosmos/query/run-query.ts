import type { Json, JsonObject } from '../json.ts';
import type { Item } from '../store/item.ts';
import { compareValues } from './compare.ts';
import { definedFields, evaluate, type Value } from './evaluate.ts';
import type { Expression, Parameters, Query, Selection } from './syntax.ts';

/** A page of a query's results, each as JSON. */
export interface QueryPage {
  readonly results: readonly string[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: number | undefined;
}

/** What to run and which page of it. */
export interface QueryRun {
  readonly query: Query;
  readonly parameters: Parameters;
  /** The items in the order of creation, after the position if the query is streamed. */
  readonly items: Iterable<Item>;
  readonly afterPosition: number;
  readonly pageSize: number;
}

const MOST_PAGE_CHARACTERS = 4 * 1024 * 1024;

/** Whether a query's pages go on after the last item; else its whole result is made and cut. */
export function isStreamed({ order, offset, top, isCount }: Query): boolean {
  return !order && !isCount && offset === undefined && top === undefined;
}

/** Runs a query over items. */
export function runQueryOver(run: QueryRun): QueryPage {
  if (run.query.isCount) return { results: [count(run)], next: undefined };
  return isStreamed(run.query) ? streamedPage(run) : cutPage(run);
}

function* filtered({ query: { filter }, parameters, items }: QueryRun): Generator<Item> {
  for (const item of items) {
    if (!filter || evaluate(filter, item.document, parameters) === true) yield item;
  }
}

/** The result for one item as JSON; undefined when the selected value is not there. */
function projected(selection: Selection, item: Item, parameters: Parameters): string | undefined {
  switch (selection.kind) {
    case 'all':
      return item.text;
    case 'value': {
      if (selection.value.kind === 'path' && selection.value.steps.length === 0) return item.text;
      const value = evaluate(selection.value, item.document, parameters);
      return value === undefined ? undefined : JSON.stringify(value);
    }
    case 'fields': {
      const fields = selection.fields.map(
        ({ name, value }) => [name, evaluate(value, item.document, parameters)] as const,
      );
      return JSON.stringify(definedFields(fields));
    }
  }
}

function streamedPage(run: QueryRun): QueryPage {
  const { query, parameters, pageSize } = run;
  const results: string[] = [];
  let characters = 0;
  let last = 0;
  for (const item of filtered(run)) {
    const result = projected(query.selection, item, parameters);
    if (result === undefined) continue;
    characters += result.length;
    const full = results.length > 0 && characters > MOST_PAGE_CHARACTERS;
    if (full || results.length === pageSize) return { results, next: last };
    results.push(result);
    last = item.sequence;
  }
  return { results, next: undefined };
}

function cutPage(run: QueryRun): QueryPage {
  const { query, parameters, afterPosition, pageSize } = run;
  const items = [...filtered(run)];
  const { order } = query;
  if (order) sort(items, order.by, order.descending, parameters);
  const { offset = 0, limit = Number.POSITIVE_INFINITY, top = Number.POSITIVE_INFINITY } = query;
  const results = items
    .slice(offset, offset + Math.min(limit, top))
    .flatMap((item) => projected(query.selection, item, parameters) ?? []);
  const end = afterPosition + pageSize;
  return {
    results: results.slice(afterPosition, end),
    next: end < results.length ? end : undefined,
  };
}

function sort(items: Item[], by: Expression, descending: boolean, parameters: Parameters): void {
  const keys = new Map<Item, Value>();
  for (const item of items) keys.set(item, evaluate(by, item.document, parameters));
  const sign = descending ? -1 : 1;
  items.sort((a, b) => sign * compareValues(keys.get(a), keys.get(b)));
}

/** The whole selection with each `COUNT(x)` replaced by how many items have an `x`. */
function count(run: QueryRun): string {
  const items = [...filtered(run)];
  const total = (expression: Expression): Json => {
    switch (expression.kind) {
      case 'count':
        return items.filter(
          ({ document }) => evaluate(expression.of, document, run.parameters) !== undefined,
        ).length;
      case 'array':
        return expression.items.map(total);
      case 'object':
        return definedFields(expression.fields.map(({ name, value }) => [name, total(value)]));
      default:
        return evaluate(expression, NO_ITEM, run.parameters) ?? null;
    }
  };
  const { selection } = run.query;
  return JSON.stringify(selection.kind === 'value' ? total(selection.value) : null);
}

const NO_ITEM: JsonObject = {};
