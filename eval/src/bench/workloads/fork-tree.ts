import { closedLoop } from '../load/closed-loop.ts';
import { progress } from '../report/progress.ts';
import { committedEvents, waitCommitted } from '../stack/committed-events.ts';
import type { ForkParts, TimedCalls } from './timed-calls.ts';

/** A family tree and how many are in it, with its root. */
export interface Tree {
  readonly rootId: string;
  readonly size: number;
}

const AT_A_TIME = 8;

/** Grows a tree of sleepers: so many children for each continuation of each generation. */
export async function growTree(
  { stack, driver, client }: ForkParts,
  fans: readonly number[],
): Promise<Tree> {
  const { id: rootId } = await driver.start('tree', 'wait@1', {});
  let generation: readonly string[] = [rootId];
  let size = 1;
  for (const fan of fans) {
    const parents = generation;
    const spawned = await committedEvents(stack, 'spawn');
    const children: string[] = [];
    await closedLoop(parents.length, AT_A_TIME, async (index) => {
      const request = { children: Array.from({ length: fan }, () => ({})) };
      children.push(...(await client.fork(parents[index] ?? '', request)).children);
    });
    await waitCommitted(stack, 'spawn', spawned + children.length);
    generation = children;
    size += children.length;
  }
  progress(`a tree of ${size} continuations, ${fans.length} generations below its root`);
  return { rootId, size };
}

/** Readings of all below the root, in one page. */
export function listingsOf({ client }: ForkParts, { rootId, size }: Tree): TimedCalls {
  const seen: string[][] = [];
  return {
    what: 'descendants, limit 1000',
    size,
    run: async (count) => {
      const callMs: number[] = [];
      for (let call = 0; call < count; call++) {
        const before = performance.now();
        const { nodes, next } = await client.lineage(rootId, 'descendants', { limit: 1000 });
        callMs.push(performance.now() - before);
        const known = nodes.filter(({ status }) => status !== null && status !== undefined);
        if (next !== null) throw new Error('the tree does not fit one page');
        seen.push(known.map(({ id }) => id));
      }
      return callMs;
    },
    verify: () => {
      for (const ids of seen) {
        if (new Set(ids).size !== size - 1) {
          throw new Error(
            `a list of ${size - 1} had ${ids.length}, ${new Set(ids).size} different`,
          );
        }
      }
      return Promise.resolve(size);
    },
  };
}
