import { DIMENSION_TABLES } from './dimension-tables.ts';
import { EVENT_TABLES } from './event-tables.ts';
import { FACT_TABLES } from './fact-tables.ts';
import { LIST_TABLES } from './list-tables.ts';
import type { TableEntry } from './table-entry.ts';

/** Every table of the warehouse: what docs/reference/warehouse.md says, and what tests hold each database to. */
export const DICTIONARY: readonly TableEntry[] = [
  ...EVENT_TABLES,
  ...FACT_TABLES,
  ...DIMENSION_TABLES,
  ...LIST_TABLES,
];
