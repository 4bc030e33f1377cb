import { CONTINUATION, instant, integer, text, type TableEntry } from './table-entry.ts';

const [TENANT, ID] = CONTINUATION;

/** What lists are found by besides lifecycles; copies are for analysis and have none of it. */
export const LIST_TABLES: readonly TableEntry[] = [
  {
    name: 'continuation_due',
    purpose:
      'Who sleeps, or is paused asleep, and is woken by the clock if by nothing before: one row for each. Not in copies.',
    key: ['tenant', 'continuation'],
    columns: [
      ...CONTINUATION,
      integer('sleep_sequence', 'sequence of the event that the sleep began with'),
      instant('due_at', 'the first instant of its conditions: a timer, a timeout, a deadline'),
    ],
  },
  {
    name: 'continuation_tag',
    purpose:
      'What the goal of a continuation was tagged with: one row for each tag. Not in copies.',
    key: ['tenant', 'tag', 'continuation'],
    columns: [TENANT, text('tag', 100, 'the tag'), ID],
  },
];
