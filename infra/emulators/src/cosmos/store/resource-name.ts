import { badRequest } from '../cosmos-error.ts';

const FORBIDDEN = /[/\\?#]/;
const MAX_NAME_CHARACTERS = 255;
const MAX_ITEM_ID_BYTES = 1023;

function check(id: unknown, fits: (id: string) => boolean, limit: string): string {
  if (typeof id !== 'string' || id === '') {
    throw badRequest(
      "The input content is invalid because the required properties - 'id; ' - are missing",
    );
  }
  if (FORBIDDEN.test(id)) {
    throw badRequest("The input name contains one of the characters '/', '\\', '?', '#'");
  }
  if (id.endsWith(' ')) throw badRequest('The input name ends with a space');
  if (!fits(id)) throw badRequest(`The input name is longer than ${limit}`);
  return id;
}

/** The id of a database or container, checked; throws a 400. */
export function resourceName(id: unknown): string {
  return check(id, (name) => name.length <= MAX_NAME_CHARACTERS, '255 characters');
}

/** The id of an item, checked; throws a 400. */
export function itemId(id: unknown): string {
  return check(id, (name) => Buffer.byteLength(name) <= MAX_ITEM_ID_BYTES, '1023 bytes');
}
