import { badRequest } from '../cosmos-error.ts';
import type { CosmosRequest } from '../http/cosmos-request.ts';

const DEFAULT_ITEMS = 100;
const MOST_ITEMS = 1000;

/** How many items a page may hold: `x-ms-max-item-count`, where -1 leaves it to the service. */
export function pageSize(request: CosmosRequest): number {
  const header = request.header('x-ms-max-item-count');
  if (header === undefined) return DEFAULT_ITEMS;
  const count = Number(header);
  if (!Number.isInteger(count) || count < -1 || count === 0) {
    throw badRequest(`The value ${header} of x-ms-max-item-count is invalid`);
  }
  return count === -1 ? MOST_ITEMS : count;
}
