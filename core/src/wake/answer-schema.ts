import { z } from 'zod';
import type { JsonValue } from '../canonical/json-value.ts';
import { MaestroError } from '../errors/maestro-error.ts';

/** The largest schema of an answer, in characters of JSON. */
const MAX_SCHEMA_CHARS = 16_384;

type AnswerSchema = Readonly<Record<string, JsonValue>>;

/**
 * Compiles the JSON Schema of an answer.
 *
 * @throws MaestroError `step.outcome_invalid` when it is none, refers to others, or is too large.
 */
export function compileAnswerSchema(schema: AnswerSchema): z.ZodType {
  const text = JSON.stringify(schema);
  if (text.length > MAX_SCHEMA_CHARS) {
    throw new MaestroError(
      'step.outcome_invalid',
      `the schema of an answer has ${text.length} characters, at most ${MAX_SCHEMA_CHARS} are allowed`,
    );
  }
  try {
    return z.fromJSONSchema(schema);
  } catch (error) {
    throw new MaestroError(
      'step.outcome_invalid',
      `the schema of an answer is no JSON Schema: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/**
 * Checks an answer against its schema.
 *
 * @throws MaestroError `signal.payload_invalid`, naming each place that is wrong.
 */
export function checkAnswer(signal: string, schema: AnswerSchema, payload: unknown): void {
  const read = compileAnswerSchema(schema).safeParse(payload);
  if (read.success) return;
  throw new MaestroError(
    'signal.payload_invalid',
    `the payload of '${signal}' does not fit: ${z.prettifyError(read.error)}`,
    {
      details: read.error.issues.map(({ path, message }) => ({
        at: ['/payload', ...path.map(String)].join('/'),
        message,
      })),
    },
  );
}
