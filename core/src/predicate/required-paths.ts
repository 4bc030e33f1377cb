import { childrenOf, conjunctsOf, isLoop, pathOf, type Node } from './syntax.ts';

/**
 * The paths that an item must have for a predicate to match: without them a conjunct fails with an error, which costs far
 * more than to look first. Fields that every item has are left out.
 */
export function requiredPaths(root: Node): readonly (readonly string[])[] {
  return conjunctsOf(root)
    .flatMap(alwaysRead)
    .filter((path) => path.length > 1 || path[0] === 'body');
}

/** The paths that evaluating a node reads whatever the item is. */
function alwaysRead(node: Node): readonly (readonly string[])[] {
  const path = pathOf(node);
  if (path) return [path];
  switch (node.op) {
    case '||':
    case '&&':
      // An error on one side does not matter when the other side decides.
      return [];
    case '?:':
      return alwaysRead(node.args[0]);
    case 'call':
      return node.args[0] === 'has' ? [] : node.args[1].flatMap(alwaysRead);
    default:
      return (isLoop(node) ? [node.args[1]] : childrenOf(node)).flatMap(alwaysRead);
  }
}
