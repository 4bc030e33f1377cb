import { badRequest } from '../cosmos-error.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';

/** Where the partition key of a container's items is, as the client declared it. */
export interface PartitionKeyDefinition {
  /** One path for `Hash`, up to three for `MultiHash`. */
  readonly paths: readonly string[];
  readonly kind: 'Hash' | 'MultiHash';
  readonly version: number;
}

/** Stands for "the item has no value at the path"; written `{}` in the header. */
const NONE: JsonObject = {};

const MAX_BYTES = 2048;
const MISMATCH_SUBSTATUS = 1001;

/** Reads a container's `partitionKey` property; throws a 400 when it is missing or malformed. */
export function partitionKeyDefinition(declared: Json | undefined): PartitionKeyDefinition {
  const paths = isObject(declared) ? declared['paths'] : undefined;
  if (!isObject(declared) || !Array.isArray(paths) || paths.length === 0) {
    throw badRequest('The partition key definition is missing or has no paths');
  }
  const kind = declared['kind'] ?? 'Hash';
  if (kind !== 'Hash' && kind !== 'MultiHash') {
    throw badRequest(`The partition key kind ${JSON.stringify(kind)} is invalid`);
  }
  if (paths.length > (kind === 'Hash' ? 1 : 3)) {
    throw badRequest('Too many partition key paths specified');
  }
  const checked = paths.map((path: unknown) => {
    if (typeof path !== 'string' || !path.startsWith('/') || path.length < 2) {
      throw badRequest(
        `The partition key component definition path ${JSON.stringify(path)} is invalid`,
      );
    }
    return path;
  });
  const version = declared['version'];
  return { paths: checked, kind, version: typeof version === 'number' ? version : 2 };
}

/** The steps of `/a/"b/c"` are `a` and `b/c`. */
function stepsOf(path: string): string[] {
  return [...path.matchAll(/\/(?:"([^"]*)"|([^/]*))/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
}

/** Makes the function that reads an item's partition key in the form of {@link partitionOf}. */
export function partitionReader(
  definition: PartitionKeyDefinition,
): (document: JsonObject) => string {
  const paths = definition.paths.map(stepsOf);
  return (document) => {
    const values = paths.map((steps) => {
      let value: Json | undefined = document;
      for (const step of steps) value = isObject(value) ? value[step] : undefined;
      if (value !== undefined && typeof value === 'object' && value !== null) {
        throw badRequest(
          'Partition key must be a string, number, boolean or null',
          MISMATCH_SUBSTATUS,
        );
      }
      return value === undefined ? NONE : value;
    });
    return canonical(values);
  };
}

function canonical(values: readonly Json[]): string {
  const text = JSON.stringify(values);
  if (text.length > MAX_BYTES && Buffer.byteLength(text) > MAX_BYTES) {
    throw badRequest('Partition key is longer than 2048 bytes');
  }
  return text;
}

/**
 * The logical partition that the header `x-ms-documentdb-partitionkey` names, as canonical JSON text; throws a 400 when it
 * is not a JSON array with one component for each path of the definition.
 */
export function partitionOf(header: string, definition: PartitionKeyDefinition): string {
  let values: unknown;
  try {
    values = JSON.parse(header);
  } catch {
    throw badRequest(`Partition key ${header} is invalid`);
  }
  if (!Array.isArray(values)) throw badRequest(`Partition key ${header} is invalid`);
  const whole = values.length === 0 ? definition.paths.map(() => NONE) : values;
  if (whole.length !== definition.paths.length) {
    throw badRequest(
      "Partition key provided either doesn't correspond to definition in the collection or doesn't match partition key field values specified in the document.",
      MISMATCH_SUBSTATUS,
    );
  }
  for (const value of whole) {
    const none = isObject(value) && Object.keys(value).length === 0;
    if (typeof value === 'object' && value !== null && !none) {
      throw badRequest(`Partition key ${header} is invalid`);
    }
  }
  return canonical(whole);
}

/** The 400 for an item whose own partition key is not the one of the request. */
export function partitionMismatch(): Error {
  return badRequest(
    "PartitionKey extracted from document doesn't match the one specified in the header",
    MISMATCH_SUBSTATUS,
  );
}
