import type { MaestroClient } from '@maestro/client';
import type { ContinuationRef } from '@maestro/core';
import { setTimeout as delay } from 'node:timers/promises';
import { rounded } from '../load/statistics.ts';
import { progress } from '../report/progress.ts';
import { committedEvents, waitCommitted } from '../stack/committed-events.ts';
import { TENANT } from '../stack/driver.ts';
import { readVerifiedLog } from '../stack/read-log.ts';
import { pausesAt, ticksFor } from './history-plan.ts';
import type { ForkParts, TimedCalls } from './timed-calls.ts';

/** A continuation whose log has been grown, and where it is to be forked from. */
export interface History {
  readonly ref: ContinuationRef;
  readonly events: number;
  /** Sequence of a sleep that only a signal ends; undefined for now. */
  readonly from: number | undefined;
}

/** Between two forks, so that the children of one are there before the next, in ms. */
const BETWEEN_MS = 40;
const GROWN_IN_MS = 300_000;

/** Grows one log for each size and each event to fork from: the end, the first sleep, the event that is dearest to fold. */
export async function growHistories(
  parts: ForkParts,
  sizes: readonly number[],
): Promise<readonly History[]> {
  const startedAt = performance.now();
  const wanted = sizes.flatMap((size) => {
    const ticks = ticksFor(size);
    const pauses = pausesAt(ticks);
    const froms = [undefined, ...pauses.slice(0, -1)];
    return froms.map((from) => ({ ticks, pauses, from }));
  });
  const histories = await Promise.all(
    wanted.map(async ({ ticks, pauses, from }): Promise<History> => {
      const events = pauses.at(-1) ?? 0;
      const key = `history-${events}-${from ?? 'now'}`;
      const ref = await parts.driver.start(key, 'history@1', { ticks: [...ticks] });
      for (const pause of pauses) {
        await untilEvent(parts.client, ref.id, pause);
        if (pause !== events) await parts.client.signal(ref.id, 'go');
      }
      return { ref, events, from };
    }),
  );
  progress(`grew logs in ${rounded((performance.now() - startedAt) / 1000)} s`);
  // Later than the reminders that cover what was done.
  await delay(7_000);
  return histories;
}

async function untilEvent(client: MaestroClient, id: string, sequence: number): Promise<void> {
  const giveUpAt = performance.now() + GROWN_IN_MS;
  for (;;) {
    const last = (await client.get(id)).lastEvents.at(-1)?.sequence ?? 0;
    if (last === sequence) return;
    if (last > sequence) throw new Error(`${id} is at event ${last}, beyond its pause ${sequence}`);
    if (performance.now() > giveUpAt) throw new Error(`${id} is still at event ${last}`);
    await delay(100);
  }
}

/** Forks of one continuation, one child each. */
export function forksOf({ stack, client }: ForkParts, { ref, events, from }: History): TimedCalls {
  const children: string[] = [];
  let spawned = 0;
  return {
    what: from === undefined ? 'fork from now' : `fork from event ${from}`,
    size: events,
    run: async (count) => {
      spawned = (await committedEvents(stack, 'spawn')) + count;
      const callMs: number[] = [];
      for (let call = 0; call < count; call++) {
        const before = performance.now();
        const answer = await client.fork(ref.id, from === undefined ? {} : { from });
        callMs.push(performance.now() - before);
        children.push(...answer.children);
        await delay(BETWEEN_MS);
      }
      return callMs;
    },
    verify: async () => {
      await waitCommitted(stack, 'spawn', spawned);
      await readVerifiedLog(stack.store, ref);
      for (const [index, id] of children.entries()) {
        const [spawn] = await readVerifiedLog(stack.store, { tenant: TENANT, id });
        const { lineage } = (spawn?.payload ?? {}) as {
          lineage?: { parents: readonly { id: string; sequence: number }[] };
        };
        const [parent] = lineage?.parents ?? [];
        if (parent?.id !== ref.id || parent.sequence !== (from ?? events + index)) {
          throw new Error(`${id} is no fork of ${ref.id} from ${from ?? events + index}`);
        }
      }
      return children.length + 1;
    },
  };
}
