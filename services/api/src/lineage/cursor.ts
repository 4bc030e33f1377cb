import { Relation } from '@maestro/client/protocol';
import { ContinuationId, jsonOrUndefined, MaestroError } from '@maestro/core';
import { z } from 'zod';

/** Cursors are base64url, whatever they say. */
export const CursorText = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

/** What a cursor belongs to. */
export interface CursorOwner {
  readonly id: string;
  readonly relation: Relation;
}

const Cursor = z.tuple([z.literal(1), Relation, ContinuationId], z.int().min(0));

/** Where a list goes on, as text for whoever asks for the rest; what the numbers mean is the relation's. */
export function writeCursor({ relation, id }: CursorOwner, at: readonly number[]): string {
  return Buffer.from(JSON.stringify([1, relation, id, ...at])).toString('base64url');
}

/**
 * The numbers of a cursor.
 *
 * @throws MaestroError `request.invalid` when it is none, or that of another list.
 */
export function readCursor(text: string, owner: CursorOwner): readonly number[] {
  const cursor = Cursor.safeParse(jsonOrUndefined(Buffer.from(text, 'base64url').toString()));
  if (!cursor.success) throw invalidCursor();
  const [, relation, id, ...at] = cursor.data;
  if (relation !== owner.relation || id !== owner.id) {
    throw invalidCursor('is of another list');
  }
  return at;
}

/** The refusal of a cursor. */
export function invalidCursor(
  message = 'is not a cursor: take `next` of the page before',
): MaestroError {
  return new MaestroError('request.unprocessable', `cursor: ${message}`, {
    details: [{ at: 'cursor', message }],
  });
}
