import { CONTINUATION, instant, integer, text, type TableEntry } from './table-entry.ts';

/** What came in, and how far. */
export const EVENT_TABLES: readonly TableEntry[] = [
  {
    name: 'event',
    purpose: 'Every event as the log has it; one row for each. Never changed.',
    key: ['tenant', 'continuation', 'sequence'],
    columns: [
      ...CONTINUATION,
      integer('generation', 'goes up by one with every host that took the continuation over'),
      integer('sequence', 'position in the log, from 1, without gaps'),
      text('event_type', 40, 'type of the event'),
      integer('event_version', 'version of the payload'),
      instant('occurred_at', 'when the turn began that made it'),
      text('commit_id', 100, 'commit that wrote it; events of one commit share it'),
      text('trace_id', 32, 'root trace of the continuation'),
      text('hash', 64, 'link of the hash chain'),
      instant('loaded_at', 'when it came into this table'),
      {
        name: 'row_text',
        type: 'text',
        meaning: 'the row of the log byte for byte: envelope, payload, hashes',
      },
    ],
  },
  {
    name: 'event_end',
    purpose:
      'How far each log is in `event`: everything up to there; one row for each continuation.',
    key: ['tenant', 'continuation'],
    columns: [
      ...CONTINUATION,
      integer('sequence', 'sequence of the last event'),
      text('hash', 64, 'hash of the last event'),
    ],
  },
  {
    name: 'feed_checkpoint',
    purpose: 'How far change feeds were read; one row for each shard or feed.',
    key: ['name'],
    columns: [
      text('name', 200, 'the feed or its shard'),
      { name: 'value', type: 'text', meaning: 'the place, in the form of the feed' },
    ],
  },
  {
    name: 'copy_end',
    purpose:
      'How far each log was copied into a warehouse of a cloud; one row for each copy and continuation. Copies themselves are without it.',
    key: ['target', 'tenant', 'continuation'],
    columns: [
      text('target', 40, 'id that the copy was given when its tables were made'),
      ...CONTINUATION,
      integer('sequence', 'sequence of the last event that is there'),
    ],
  },
  {
    name: 'build_end',
    purpose: 'Up to which event each log was taken into facts and dimensions.',
    key: ['tenant', 'continuation'],
    columns: [...CONTINUATION, integer('sequence', 'sequence of the last event that was taken in')],
  },
  {
    name: 'build_state',
    purpose: 'By which statements facts and dimensions were built: others build everything anew.',
    key: ['name'],
    columns: [text('name', 40, '`build`'), text('checksum', 64, 'SHA-256 of the statements')],
  },
  {
    name: 'schema_migration',
    purpose: 'Which SQL files have made these tables; one row for each.',
    key: ['name'],
    columns: [
      text('name', 200, 'the file, in `eval/sql`'),
      text('checksum', 64, 'SHA-256 of its text'),
      instant('applied_at', 'when it ran'),
    ],
  },
];
