import type { z } from 'zod';
import { isPersonalData, REDACTED } from './personal-data.ts';
import { SchemaRedactor } from './schema-redactor.ts';

const personal = new SchemaRedactor<undefined>((schema) =>
  isPersonalData(schema)
    ? (value) => (value === undefined || value === null ? value : REDACTED)
    : undefined,
);

/**
 * A copy of a value in which everything that its schema marks as personal data is replaced by `[redacted]`.
 * Returns the value itself when nothing is marked. Values that the schema does not describe stay as they are.
 */
export function redact(schema: z.core.$ZodType, value: unknown): unknown {
  return personal.redact(schema, value, undefined);
}
