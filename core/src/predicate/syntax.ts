import type { ASTNode } from '@marcbachmann/cel-js';

/** One node of a parsed predicate. */
export type Node = ASTNode;

/** Methods that bind a variable, their first argument, to each element of their receiver. */
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Whether a node is a loop over the elements of a list, or the keys of a map. */
export function isLoop(node: Node): node is Node & { readonly op: 'rcall' } {
  return node.op === 'rcall' && LOOPS.has(node.args[0]);
}

/** The name of the member that `a.name` or `a["name"]` selects; undefined for any other node. */
export function memberName(node: Node): string | undefined {
  if (node.op === '.') return node.args[1];
  const key = node.op === '[]' ? node.args[1] : undefined;
  return key?.op === 'value' && typeof key.args === 'string' ? key.args : undefined;
}

/** The nodes right below a node. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    default:
      return node.args;
  }
}

/** Where a node is to be pointed at: the name of what is called or selected, else its start. */
export function offsetOf(node: Node): number {
  if (node.op !== 'rcall') return node.pos;
  const [name, receiver] = node.args;
  const at = node.input.indexOf(name, receiver.end);
  return at === -1 ? node.pos : at;
}

/** The text of a node as it was written, on one line. */
export function textOf(node: Node): string {
  const text = node.input.slice(node.start, node.end);
  // A node's range leaves out the parentheses around its first and last operand.
  let open = 0;
  let missing = 0;
  for (const char of text) {
    if (char === '(') open += 1;
    if (char === ')' && open > 0) open -= 1;
    else if (char === ')') missing += 1;
  }
  const whole = `${'('.repeat(missing)}${text}${')'.repeat(open)}`;
  return whole.replaceAll(/\s+/g, ' ');
}

/** The operands of the outermost `&&`: all of them have to be true. */
export function conjunctsOf(node: Node): readonly Node[] {
  return node.op === '&&' ? node.args.flatMap(conjunctsOf) : [node];
}

/** The steps from `item` to what a node selects: `['attributes', 'species']`; undefined when it is no such path. */
export function pathOf(node: Node): readonly string[] | undefined {
  if (node.op === 'id') return node.args === 'item' ? [] : undefined;
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const name = memberName(node);
  const before = name === undefined ? undefined : pathOf(node.args[0]);
  return before && name !== undefined ? [...before, name] : undefined;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A path as predicates write it: `item.attributes.species`, `item.attributes["odd key"]`. */
export function pathText(path: readonly string[]): string {
  return `item${path.map((step) => (IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`)).join('')}`;
}

/** What a path leads to in an item; undefined when there is nothing. Own members only, and not into lists. */
export function readPath(item: unknown, path: readonly string[]): unknown {
  let value = item;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}
