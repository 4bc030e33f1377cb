import {
  MaestroError,
  parseStoredEvent,
  upcast,
  type ContinuationRef,
  type EventLog,
} from '@maestro/core';
import type { StepRunner } from '../step/step-runner.ts';
import type { Activation, Memory } from './activation.ts';
import { callsOf, effectsOf, EVENTS_TOPIC, type EventsMessage } from './effects.ts';
import type { TurnPorts } from './turn-ports.ts';

/** Bytes of rows in one message, as JSON: under the smallest limit of the supported brokers (256 KB). */
const MAX_MESSAGE_BYTES = 180 * 1024;

/** Rows shorter than this are not measured: no character of canonical JSON takes more than three bytes in a message, but for escapes that are rare. */
const SMALL_ROW = 4096;

/** Rows that are read at a time. */
const PAGE = 200;

/**
 * Publishes every event beyond what is published, starts steps, and notes what has to be said to other continuations. Starts
 * a step only for events that this activation committed itself: whether one that a dead host intended has run is for
 * its lease to tell.
 */
export async function runEffects(
  activation: Activation,
  memory: Memory,
  ports: Pick<TurnPorts, 'events' | 'bus' | 'observability' | 'tracer'>,
  steps: StepRunner,
): Promise<void> {
  const { state } = memory;
  if (!state || memory.published >= state.sequence) return;
  const first = memory.undone[0]?.event.sequence ?? state.sequence + 1;
  const from = memory.published + 1;
  let pending: readonly Row[] = memory.undone.map(({ event, row }) => ({
    sequence: event.sequence,
    row,
  }));
  let calls = memory.undone.flatMap(({ event }) => callsOf(state, event));
  if (from < first) {
    const rows = await rowsBetween(activation.ref, from, first, ports.events);
    ports.observability.count('maestro_effects_repeated_total', {}, rows.length);
    pending = [...rows.map((row, index) => ({ sequence: from + index, row })), ...pending];
    const repeated = rows.map((row) => upcast(parseStoredEvent(row)));
    const last = repeated.at(-1);
    if (last) ports.tracer?.tookOver(activation, memory, state, last);
    calls = [...repeated.flatMap((event) => callsOf(state, event)), ...calls];
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
      to: chunk.to,
      rows: chunk.rows,
    };
    const id = `${state.tenant}.${state.id}/${chunk.from}`;
    const publish = (traceparent?: string): Promise<void> =>
      ports.bus.publish(EVENTS_TOPIC, {
        id,
        data: message,
        ...(traceparent === undefined ? {} : { traceparent }),
      });
    const count = chunk.to - chunk.from + 1;
    await (ports.tracer
      ? ports.tracer.published(activation, state, { topic: EVENTS_TOPIC, id, count }, publish)
      : publish());
  }
  memory.published = state.sequence;
  memory.undone = [];
  memory.calls.push(...calls);
  noteDone(memory);
}

/** Moves `done` up to the first call that was not answered. */
export function noteDone(memory: Memory): void {
  const [call] = memory.calls;
  memory.done = call ? call.sequence - 1 : memory.published;
}

/** The rows from `from` up to `end`, all of them. */
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
    if (page.length === 0) {
      throw new MaestroError('log.corrupt', `event ${next} of ${ref.id} is missing from its log`);
    }
    rows.push(...page);
  }
  return rows;
}

interface Row {
  readonly sequence: number;
  readonly row: string;
}

interface Chunk {
  readonly from: number;
  to: number;
  readonly rows: string[];
}

function chunksOf(pending: readonly Row[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let left = 0;
  for (const { sequence, row } of pending) {
    const bytes = messageBytes(row);
    const last = chunks.at(-1);
    if (bytes > MAX_MESSAGE_BYTES) {
      chunks.push({ from: sequence, to: sequence, rows: [] });
      left = 0;
    } else if (last && bytes <= left) {
      last.to = sequence;
      last.rows.push(row);
      left -= bytes;
    } else {
      chunks.push({ from: sequence, to: sequence, rows: [row] });
      left = MAX_MESSAGE_BYTES - bytes;
    }
  }
  return chunks;
}

/** What a row takes in a message: a string within JSON, so quotes are escaped. Measured only where it matters. */
function messageBytes(row: string): number {
  return row.length < SMALL_ROW ? row.length * 3 : Buffer.byteLength(JSON.stringify(row));
}
