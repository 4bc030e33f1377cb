import { z } from 'zod';

const Count = z.int().min(0);

/** How something that was measured is spread; null where nothing was. */
const Spread = z
  .object({ p50: z.number().nullable(), p99: z.number().nullable(), max: z.number().nullable() })
  .readonly();
export type Spread = z.infer<typeof Spread>;

const Flow = z.object({
  started: Count,
  completed: Count,
  failed: Count,
  killed: Count,
  ticks: Count,
  lateMs: Spread,
  tickMs: Spread,
  tickMicroUsd: Spread,
  spentMicroUsd: z.number(),
  steps: Count,
  stepFailures: Count,
  stepMs: Spread,
  lagMs: Spread,
});

/** What happened in some time, as the warehouse counts it; it says what each of these is. */
export type ModelFlow = Readonly<z.infer<typeof Flow>>;

/** What the read model answers when it is asked for figures; instants in ms since the epoch. */
export const ModelFigures = z
  .object({
    /** When it was brought up to date last. */
    builtAtMs: z.number().nullable(),
    atMs: z.number(),
    lives: z
      .object({
        running: Count,
        sleeping: Count,
        paused: Count,
        completed: Count,
        failed: Count,
        killed: Count,
      })
      .readonly(),
    spentMicroUsd: z.number(),
    hour: Flow.readonly(),
    /** The last minutes of the clock; the last one has only begun. */
    minutes: z.array(Flow.extend({ fromMs: z.number() }).readonly()).readonly(),
  })
  .readonly();
export type ModelFigures = z.infer<typeof ModelFigures>;
