import type { JsonValue } from '../canonical/json-value.ts';

/** A JSON pointer (RFC 6901) of member names and indices. */
export function jsonPointer(path: readonly (string | number)[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** The value that a JSON pointer (RFC 6901) names; undefined when there is none. */
export function valueAt(value: JsonValue, pointer: string): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const escaped of pointer.split('/').slice(1)) {
    const part = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) {
      found = /^(0|[1-9][0-9]*)$/.test(part) ? (found as JsonValue[])[Number(part)] : undefined;
    } else if (found !== null && typeof found === 'object' && Object.hasOwn(found, part)) {
      found = (found as Record<string, JsonValue>)[part];
    } else {
      return undefined;
    }
  }
  return found;
}
