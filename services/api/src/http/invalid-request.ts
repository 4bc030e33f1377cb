import { MaestroError } from '@maestro/core';
import type { z } from 'zod';

/**
 * The refusal of what does not fit a schema: each place, as a JSON pointer into the body or a parameter's name. What only
 * breaks rules that no JSON Schema can tell is unprocessable.
 */
export function invalidRequest(
  error: z.ZodError,
  where: 'body' | 'query',
  prefix = '',
): MaestroError {
  const details = error.issues.map((issue) => ({
    at:
      where === 'body'
        ? `${prefix}${issue.path.map((part) => `/${escapePointer(String(part))}`).join('')}`
        : String(issue.path[0] ?? 'query'),
    message: issue.message,
  }));
  const first = details[0];
  const summary = first ? `${first.at || 'the body'}: ${first.message}` : 'it does not fit';
  const more = details.length > 1 ? ` (and ${details.length - 1} more, see errors)` : '';
  const code = error.issues.every((issue) => issue.code === 'custom')
    ? 'request.unprocessable'
    : 'request.invalid';
  return new MaestroError(code, `${summary}${more}`, { details });
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
