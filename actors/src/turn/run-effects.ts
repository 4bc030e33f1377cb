import { MaestroError, type ContinuationRef, type EventLog } from '@maestro/core';
import type { StepRunner } from '../step/step-runner.ts';
import type { Activation, Memory } from './activation.ts';
import { effectsOf, EVENTS_TOPIC, type EventsMessage } from './effects.ts';
import type { TurnPorts } from './turn-runner.ts';

/** Bytes of rows in one message: under the smallest limit of the supported brokers (256 KB). */
const MAX_MESSAGE_BYTES = 180 * 1024;

/** Rows that are read at a time. */
const PAGE = 200;

/**
 * Does the effects of every event beyond `done`, in order, and moves `done`. Starts a step only for events that this
 * activation committed itself: whether one that a dead host intended has run is for its lease to tell.
 */
export async function runEffects(
  activation: Activation,
  memory: Memory,
  ports: Pick<TurnPorts, 'events' | 'bus' | 'observability'>,
  steps: StepRunner,
): Promise<void> {
  const { state } = memory;
  if (!state || memory.done >= state.sequence) return;
  const first = memory.undone[0]?.event.sequence ?? state.sequence + 1;
  let pending: readonly Row[] = memory.undone.map(({ event, row }) => ({
    sequence: event.sequence,
    row,
  }));
  if (memory.done + 1 < first) {
    const rows = await rowsBetween(activation.ref, memory.done + 1, first, ports.events);
    ports.observability.count('maestro_effects_repeated_total', {}, rows.length);
    const from = memory.done + 1;
    pending = [...rows.map((row, index) => ({ sequence: from + index, row })), ...pending];
  }
  const { activity } = state;
  for (const { event } of memory.undone) {
    for (const effect of effectsOf(event)) {
      if (effect.kind !== 'start-step' || activity?.kind !== 'running') continue;
      if (activity.stepId === effect.stepId && activity.attempt === effect.attempt) {
        steps.start(activation, state, effect);
      }
    }
  }
  for (const chunk of chunksOf(pending)) {
    const message: EventsMessage = {
      tenant: state.tenant,
      continuation: state.id,
      from: chunk.from,
      rows: chunk.rows,
    };
    await ports.bus.publish(EVENTS_TOPIC, {
      id: `${state.tenant}.${state.id}/${chunk.from}`,
      data: message,
    });
  }
  memory.done = state.sequence;
  memory.undone = [];
}

/** The rows from `from` up to `end`, all of them: a page may lag behind, so what it lacks is read strongly. */
async function rowsBetween(
  ref: ContinuationRef,
  from: number,
  end: number,
  events: EventLog,
): Promise<readonly string[]> {
  const rows: string[] = [];
  while (from + rows.length < end) {
    const next = from + rows.length;
    const page = await events.readRange(ref, next, Math.min(end - next, PAGE));
    rows.push(...page);
    if (page.length > 0) continue;
    const row = await events.readEntry(ref, next);
    if (row === undefined) {
      throw new MaestroError('log.corrupt', `event ${next} of ${ref.id} is missing from its log`);
    }
    rows.push(row);
  }
  return rows;
}

interface Row {
  readonly sequence: number;
  readonly row: string;
}

interface Chunk {
  readonly from: number;
  readonly rows: string[];
}

function chunksOf(pending: readonly Row[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let bytes = 0;
  for (const { sequence, row } of pending) {
    let chunk = chunks.at(-1);
    if (!chunk || bytes + row.length > MAX_MESSAGE_BYTES) {
      chunk = { from: sequence, rows: [] };
      chunks.push(chunk);
      bytes = 0;
    }
    chunk.rows.push(row);
    bytes += row.length;
  }
  return chunks;
}
