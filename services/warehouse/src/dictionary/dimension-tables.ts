import { date, instant, integer, text, type TableEntry } from './table-entry.ts';

/** What facts are told apart by. */
export const DIMENSION_TABLES: readonly TableEntry[] = [
  {
    name: 'dim_tenant',
    purpose: 'One row for each tenant with events.',
    key: ['tenant'],
    columns: [
      text('tenant', 40, 'the tenant'),
      instant('first_event_at', 'when its first event occurred'),
      instant('last_event_at', 'when its last event occurred'),
      integer('continuations', 'how many it has'),
    ],
  },
  {
    name: 'dim_recipe',
    purpose: 'One row for each version of a recipe that was started.',
    key: ['recipe'],
    columns: [
      text('recipe', 80, '`name@version`'),
      text('name', 63, 'the name'),
      integer('version', 'the version'),
      instant('first_used_at', 'when a continuation of it was first spawned'),
      instant('last_used_at', 'when one was spawned last'),
    ],
  },
  {
    name: 'dim_model',
    purpose: 'One row for each model that answered.',
    key: ['provider', 'model'],
    columns: [
      text('provider', 200, 'who answers'),
      text('model', 200, 'the model, as the provider names it'),
      instant('first_used_at', 'when it first answered'),
      instant('last_used_at', 'when it answered last'),
    ],
  },
  {
    name: 'dim_date',
    purpose: 'One row for each day of the years 2020 to 2059.',
    key: ['day'],
    columns: [
      date('day', 'the day'),
      integer('year', 'year of the calendar'),
      integer('quarter', '1 to 4'),
      integer('month', '1 to 12'),
      integer('day_of_month', '1 to 31'),
      integer('iso_year', 'year that the ISO 8601 week belongs to'),
      integer('iso_week', '1 to 53'),
      integer('iso_weekday', '1 (Monday) to 7'),
    ],
  },
];
