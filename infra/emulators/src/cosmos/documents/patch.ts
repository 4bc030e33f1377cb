import { badRequest, notSupported } from '../cosmos-error.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';

const MAX_OPERATIONS = 10;

type Parent = Record<string, Json> | Json[];

function invalid(path: string, why: string): Error {
  return badRequest(`For Patch Operation: the path ${path} ${why}`);
}

function place(root: Record<string, Json>, path: string): { parent: Parent; name: string } {
  if (!path.startsWith('/')) throw invalid(path, 'does not begin with /');
  const steps = path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = steps.pop() ?? '';
  if (steps.length === 0 && (name === 'id' || name.startsWith('_'))) {
    throw invalid(path, 'names a property that cannot be changed');
  }
  let parent: Json | Parent | undefined = root;
  for (const step of steps) {
    if (Array.isArray(parent)) parent = parent[Number(step)];
    else parent = isObject(parent) ? parent[step] : undefined;
  }
  if (typeof parent !== 'object' || parent === null) throw invalid(path, 'does not exist');
  return { parent: parent as Parent, name };
}

function applyToArray(items: Json[], kind: string, name: string, path: string, value: Json): void {
  const index = name === '-' && kind === 'add' ? items.length : Number(name);
  const limit = kind === 'add' ? items.length : items.length - 1;
  if (!Number.isInteger(index) || index < 0 || index > limit) throw invalid(path, 'does not exist');
  if (kind === 'add') items.splice(index, 0, value);
  else if (kind === 'remove') items.splice(index, 1);
  else items[index] = value;
}

function applyOne(root: Record<string, Json>, operation: Json): void {
  if (!isObject(operation)) throw badRequest('A patch operation must be an object');
  const { op: kind, path, value } = operation;
  if (typeof path !== 'string') throw badRequest('A patch operation must have a path');
  if (typeof kind !== 'string' || !['add', 'set', 'replace', 'remove', 'incr'].includes(kind)) {
    throw notSupported(`The patch operation ${JSON.stringify(kind)}`);
  }
  if (kind !== 'remove' && value === undefined) throw invalid(path, 'has no value');
  const { parent, name } = place(root, path);
  const before = Array.isArray(parent) ? parent[Number(name)] : parent[name];
  let next: Json = value ?? null;
  if (kind === 'incr') {
    if (typeof next !== 'number' || (before !== undefined && typeof before !== 'number')) {
      throw invalid(path, 'is not a number');
    }
    next += before ?? 0;
  }
  if (Array.isArray(parent)) {
    applyToArray(parent, kind, name, path, next);
    return;
  }
  if (before === undefined && (kind === 'replace' || kind === 'remove')) {
    throw invalid(path, 'does not exist');
  }
  if (kind === 'remove') delete parent[name];
  else parent[name] = next;
}

/** The document with a partial update: `add`, `set`, `replace`, `remove` and `incr`, without a condition. */
export function patched(document: JsonObject, patch: Json): JsonObject {
  const operations = isObject(patch) ? patch['operations'] : patch;
  if (isObject(patch) && patch['condition'] !== undefined) throw notSupported('A patch condition');
  if (!Array.isArray(operations) || operations.length === 0) {
    throw badRequest('A patch must have operations');
  }
  if (operations.length > MAX_OPERATIONS) {
    throw badRequest(`The number of patch operations exceeds the limit of ${MAX_OPERATIONS}`);
  }
  const copy = structuredClone(document) as Record<string, Json>;
  for (const operation of operations) applyOne(copy, operation);
  return copy;
}
