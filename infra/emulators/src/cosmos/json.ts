/** A JSON value as the service stores it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** A property that must be a string; throws a TypeError when it is not. */
export function stringAt(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw new TypeError(`${name} is not a string`);
  return value;
}

/** Whether a value is a JSON object and not an array or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
