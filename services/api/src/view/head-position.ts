import {
  ContinuationStatus,
  jsonOrUndefined,
  MaestroError,
  type ContinuationRef,
  type ContinuationStore,
} from '@maestro/core';
import { z } from 'zod';
import { notFound } from './read-state.ts';

/** Where a log stands, as its head says. */
const HeadPosition = z.looseObject({
  sequence: z.int().min(1),
  hash: z.string(),
  status: ContinuationStatus,
});

export interface HeadPosition {
  readonly sequence: number;
  readonly hash: string;
  readonly status: ContinuationStatus;
  /** The row itself. */
  readonly row: string;
}

/**
 * Where a log stands, by a strong read of the head.
 *
 * @throws MaestroError `continuation.not_found` or `log.corrupt`.
 */
export async function readHeadPosition(
  store: ContinuationStore,
  ref: ContinuationRef,
  signal?: AbortSignal,
): Promise<HeadPosition> {
  const row = await store.readHead(ref, signal);
  if (row === undefined) throw notFound(ref);
  const parsed = HeadPosition.safeParse(jsonOrUndefined(row));
  if (!parsed.success) {
    throw new MaestroError('log.corrupt', `the head of ${ref.id} is not a state`);
  }
  const { sequence, hash, status } = parsed.data;
  return { sequence, hash, status, row };
}
