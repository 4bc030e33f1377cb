import { sha256Hex } from '../canonical/sha256.ts';

/**
 * The W3C traceparent of a commit's span: the root trace of its continuation, and a span id that follows from the
 * commit's id, so that whoever is caused by a commit can name it without asking.
 */
export function traceparentOf(traceId: string, commitId: string): string {
  return `00-${traceId}-${sha256Hex(commitId).slice(0, 16)}-01`;
}
