import { sha256Hex } from '../canonical/sha256.ts';

/** The id of a commit's span: it follows from the commit's id, so whoever exports the span again gives it the same. */
export function spanIdOf(commitId: string): string {
  return sha256Hex(commitId).slice(0, 16);
}

/**
 * The W3C traceparent of a commit's span: the root trace of its continuation, and a span id that follows from the
 * commit's id, so that whoever is caused by a commit can name it without asking.
 */
export function traceparentOf(traceId: string, commitId: string): string {
  return `00-${traceId}-${spanIdOf(commitId)}-01`;
}

/** The id of the span that is above everything else of a continuation; its head says enough to name and to export it. */
export function rootSpanIdOf(traceId: string, tenant: string, continuation: string): string {
  return sha256Hex(`${traceId}/${tenant}/${continuation}`).slice(0, 16);
}
