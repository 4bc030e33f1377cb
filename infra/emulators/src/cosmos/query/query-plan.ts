import type { JsonObject } from '../json.ts';
import type { Query, Selection } from './syntax.ts';

const ORDER_FILTER = '{documentdb-formattableorderbyquery-filter}';

/** The selection as the text of one expression. */
function payloadOf(selection: Selection, alias: string): string {
  switch (selection.kind) {
    case 'all':
      return alias;
    case 'value':
      return selection.text;
    case 'fields': {
      const fields = selection.fields.map(({ name, text }) => `${JSON.stringify(name)}: ${text}`);
      return `{${fields.join(', ')}}`;
    }
  }
}

/** The query that a client is to run on every range, so that it can merge the results; empty: the query itself. */
function rewritten(query: Query): string {
  const { alias, order, selection, filterText, top, offset, limit, isCount } = query;
  const where = filterText === undefined ? '' : ` WHERE ${filterText}`;
  if (isCount) {
    return `SELECT VALUE [{"item": ${payloadOf(selection, alias)}}] FROM ${alias}${where}`;
  }
  const head = top === undefined ? 'SELECT' : `SELECT TOP ${top}`;
  const tail =
    offset === undefined || limit === undefined ? '' : ` OFFSET 0 LIMIT ${offset + limit}`;
  if (!order) {
    if (tail === '') return '';
    const selected = `${head} VALUE ${payloadOf(selection, alias)}`;
    return `${selected} FROM ${alias}${where}${tail}`;
  }
  const items = `${alias}._rid, [{"item": ${order.text}}] AS orderByItems`;
  const filter = filterText === undefined ? ORDER_FILTER : `(${filterText}) AND (${ORDER_FILTER})`;
  const direction = order.descending ? 'DESC' : 'ASC';
  return `${head} ${items}, ${payloadOf(selection, alias)} AS payload FROM ${alias} WHERE ${filter} ORDER BY ${order.text} ${direction}${tail}`;
}

/** How a client runs a query over all ranges, in the form that the service answers. */
export function queryPlan(query: Query): JsonObject {
  const { order, selection, top, offset, limit, isCount } = query;
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: 'None',
      top: top ?? null,
      offset: offset ?? null,
      limit: limit ?? null,
      orderBy: order ? [order.descending ? 'Descending' : 'Ascending'] : [],
      orderByExpressions: order ? [order.text] : [],
      groupByExpressions: [],
      groupByAliases: [],
      aggregates: isCount ? ['Count'] : [],
      groupByAliasToAggregateType: {},
      rewrittenQuery: rewritten(query),
      hasSelectValue: selection.kind === 'value',
      hasNonStreamingOrderBy: false,
    },
    queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
  };
}
