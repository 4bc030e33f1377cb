import { badRequest } from '../cosmos-error.ts';
import type { CosmosRequest } from '../http/cosmos-request.ts';

const TOKEN = /^-RID:~(\d+)#RT:1$/;

/** The token of a page that ends at a position; opaque to clients. */
export function continuationOf(position: number): string {
  return `-RID:~${position}#RT:1`;
}

/** The position after which the client wants to go on; 0 for the first page. */
export function afterPosition(request: CosmosRequest): number {
  const token = request.header('x-ms-continuation');
  if (token === undefined || token === '') return 0;
  const [, position] = TOKEN.exec(token) ?? [];
  if (position === undefined) throw badRequest('Invalid Continuation Token');
  return Number(position);
}
