import { DIMENSION_TABLES } from '../dictionary/dimension-tables.ts';
import { EVENT_TABLES } from '../dictionary/event-tables.ts';
import { FACT_TABLES } from '../dictionary/fact-tables.ts';
import { LIST_TABLES } from '../dictionary/list-tables.ts';
import type { ColumnEntry, TableEntry } from '../dictionary/table-entry.ts';

const INTRODUCTION = `# Warehouse tables

The data dictionary of \`services/warehouse\`, written by a test from \`services/warehouse/src/dictionary\`
(\`npx vitest run --project unit dictionary --update\`). The tables are made by the files of [eval/sql](../../eval/sql/README.md); tests compare
them with this. Events and their payloads are in [events](events.md).

All instants and days are UTC. Keys are names, not numbers, so that they do not depend on the order in which events came. Facts and dimensions
are built of \`event\` and can be built anew at any time; those of a continuation whose payloads were erased before a build say less.`;

const SECTIONS = [
  ['Events', EVENT_TABLES],
  ['Facts', FACT_TABLES],
  ['Dimensions', DIMENSION_TABLES],
  ['Lists', LIST_TABLES],
] as const;

/** The text of docs/reference/warehouse.md. */
export function dictionaryText(): string {
  const sections = SECTIONS.map(
    ([title, tables]) => `## ${title}\n\n${tables.map((table) => tableText(table)).join('\n\n')}`,
  );
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

function tableText({ name, purpose, key, columns }: TableEntry): string {
  const rows = columns.map(
    (column) => `| \`${column.name}\` | ${typeText(column)} | ${column.meaning} |`,
  );
  const keys = key.map((column) => `\`${column}\``).join(', ');
  return [
    `### ${name}`,
    `${purpose} Key: ${keys}.`,
    ['| column | type | meaning |', '|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

function typeText({ type, length, nullable }: ColumnEntry): string {
  const size = length === undefined ? '' : `, at most ${length}`;
  return `${type}${size}${nullable === true ? ', or null' : ''}`;
}
