import { badRequest, conflict, notFound, preconditionFailed } from '../cosmos-error.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Item } from '../store/item.ts';
import type { Transaction } from '../store/transaction.ts';
import { patched } from './patch.ts';

/** Conditions on the `_etag` of the item as it is stored; `*` is any. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** One operation on one item, alone or in a batch. */
export type Operation = Conditions &
  (
    | { readonly kind: 'Create' | 'Upsert'; readonly document: JsonObject }
    | { readonly kind: 'Replace'; readonly id: string; readonly document: JsonObject }
    | { readonly kind: 'Read' | 'Delete'; readonly id: string }
    | { readonly kind: 'Patch'; readonly id: string; readonly patch: Json }
  );

/** What an operation did. */
export interface Outcome {
  readonly status: 200 | 201 | 204 | 304;
  /** The item read or written; none after a delete or a 304. */
  readonly item?: Item;
  readonly etag?: string;
}

function matches(condition: string, item: Item): boolean {
  return condition === '*' || condition === item.etag;
}

function existing(transaction: Transaction, id: string): Item {
  const item = transaction.find(id);
  if (!item) throw notFound();
  return item;
}

function checkWrite(item: Item, { ifMatch, ifNoneMatch }: Conditions): void {
  if (ifMatch !== undefined && !matches(ifMatch, item)) throw preconditionFailed();
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, item)) throw preconditionFailed();
}

function written(status: 200 | 201, item: Item): Outcome {
  return { status, item, etag: item.etag };
}

/** Runs one operation in a transaction; throws what the service answers when it refuses. */
export function execute(transaction: Transaction, operation: Operation): Outcome {
  switch (operation.kind) {
    case 'Create':
    case 'Upsert': {
      const { kind, document } = operation;
      const id = document['id'];
      const found = typeof id === 'string' ? transaction.find(id) : undefined;
      if (!found) return written(201, transaction.put(document, undefined));
      if (kind === 'Create') throw conflict();
      // Only here does If-Match count: an upsert of what is not there creates it.
      checkWrite(found, operation);
      return written(200, transaction.put(document, found));
    }
    case 'Replace': {
      const found = existing(transaction, operation.id);
      checkWrite(found, operation);
      if (operation.document['id'] !== operation.id) {
        throw badRequest('The id in the body is not the id of the item to be replaced');
      }
      return written(200, transaction.put(operation.document, found));
    }
    case 'Patch': {
      const found = existing(transaction, operation.id);
      checkWrite(found, operation);
      return written(200, transaction.put(patched(found.document, operation.patch), found));
    }
    case 'Read': {
      const { ifNoneMatch } = operation;
      const item = existing(transaction, operation.id);
      if (ifNoneMatch !== undefined && matches(ifNoneMatch, item)) {
        return { status: 304, etag: item.etag };
      }
      return { status: 200, item, etag: item.etag };
    }
    case 'Delete': {
      const found = existing(transaction, operation.id);
      checkWrite(found, operation);
      transaction.remove(found);
      return { status: 204 };
    }
  }
}
