import { expect, it } from 'vitest';
import { lostStartupRace } from './startup-race.ts';

const failed = (why: string): string =>
  `level=info msg="Dapr runtime stopped"\nlevel=fatal msg="Fatal error from runtime: process component maestro-state error: [INIT_COMPONENT_FAILURE]: initialization error occurred for maestro-state: ${why}" type=log`;

it.each([
  'failed to connect: database is locked (5) (SQLITE_BUSY)',
  'failed to create metadata table: ERROR: type \\"dapr_metadata\\" already exists (SQLSTATE 42710)',
  'failed to create metadata table: ERROR: relation \\"dapr_metadata\\" already exists (SQLSTATE 42P07)',
  'failed to create metadata table: ERROR: duplicate key value violates unique constraint \\"pg_type_typname_nsp_index\\" (SQLSTATE 23505)',
])('knows two sidecars that open a database at the same time: %s', (why) => {
  expect(lostStartupRace(failed(why))).toBe(true);
});

it('takes no other failure for one', () => {
  expect(lostStartupRace(failed('password authentication failed (SQLSTATE 28P01)'))).toBe(false);
  expect(lostStartupRace('level=error msg="a write failed" error="SQLSTATE 23505"')).toBe(false);
  expect(lostStartupRace('')).toBe(false);
});
