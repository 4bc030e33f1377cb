import { expect } from 'vitest';
import { InProcessBus } from '../bus/in-process-bus.ts';
import { logTurns } from '../observability/turn-log.ts';
import { EVENTS_TOPIC } from '../turn/effects.ts';
import { MemoryBlobStore } from './memory-blob-store.ts';
import {
  createMemoryRuntime,
  type MemoryRuntime,
  type MemoryRuntimeOptions,
} from './memory-runtime.ts';
import { MemoryTracing } from './memory-tracing.ts';

/** Values in many tests, and a text with one of each kind. */
export const EMAIL = 'grace.hopper@navy.example.org';
const PHONE = '+49 30 23125 123';
const IBAN = 'DE89 3704 0044 0532 0130 00';
export const CARD = '4111 1111 1111 1111';
const SSN = '536-90-4399';
const VALUES = [EMAIL, PHONE, IBAN, CARD, SSN, 'grace.hopper', '23125 1', '4111 1', '536-90'];
export const TEXT = `Ask ${EMAIL} or ${PHONE}; pay ${IBAN} by ${CARD} (${SSN})`;
/** What is stored of {@link TEXT}. */
export const REDACTED =
  'Ask [redacted:email] or [redacted:phone]; pay [redacted:iban] by [redacted:card] ([redacted:national-id])';

/** A runtime of which everything that leaves it is kept as text. */
export interface Watched {
  readonly runtime: MemoryRuntime;
  /** The values of {@link TEXT} that are in rows, blobs, messages, spans and log lines. */
  leaks(): readonly string[];
}

/** Makes a runtime and watches it. */
export function watched(
  recipes: MemoryRuntimeOptions['recipes'],
  more: Partial<MemoryRuntimeOptions> = {},
): Watched {
  const bus = new InProcessBus();
  const tracing = new MemoryTracing();
  const blobs = new MemoryBlobStore();
  const said: string[] = [];
  bus.subscribe(EVENTS_TOPIC, async (message) => {
    said.push(JSON.stringify(message));
  });
  const write = (fields: object, message: string): void => {
    const { err, ...rest } = fields as { err?: Error };
    said.push(JSON.stringify({ ...rest, message, err: `${err?.message} ${err?.stack}` }));
  };
  const runtime = createMemoryRuntime({
    recipes,
    bus,
    tracing,
    blobs,
    log: logTurns({ debug: write, warn: write }),
    ...more,
  });
  return {
    runtime,
    leaks: () => {
      const all = [
        ...runtime.rows.snapshot().values(),
        ...blobs.texts(),
        ...tracing.spans.map((span) => JSON.stringify(span)),
        ...said,
      ].join('\n');
      expect(all.length).toBeGreaterThan(1000);
      return VALUES.filter((value) => all.includes(value));
    },
  };
}

/** Lets steps run and a minute pass. */
export async function settle({ runtime }: Watched): Promise<void> {
  await runtime.advance(5_000);
  await runtime.runSteps();
  await runtime.advance(60_000);
}
