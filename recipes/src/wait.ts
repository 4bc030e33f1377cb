import {
  complete,
  defineRecipe,
  humanSignal,
  JsonValue,
  MAX_SLEEP_MS,
  SignalName,
  sleep,
} from '@maestro/core';
import { z } from 'zod';

/** Waits for a signal from a person and completes with what came along. */
export const wait = defineRecipe({
  name: 'wait',
  version: 1,
  description: 'Waits for one signal and completes with its payload',
  parameters: z.strictObject({
    /** The signal to wait for; not kill, pause or resume, which every continuation takes. */
    signal: SignalName.refine((name) => !['kill', 'pause', 'resume'].includes(name), {
      message: 'is a control signal',
    }).default('go'),
    /** Instant at which the wait ends without a signal. */
    timeout: z.iso
      .datetime({ offset: true })
      .refine(
        (at) => Date.parse(at) - Date.now() <= MAX_SLEEP_MS,
        'must be at most ten years from now',
      )
      .optional(),
  }),
  state: z.strictObject({}),
  start: () => ({ step: 'ask', state: {} }),
  steps: {
    ask: {
      inline: true,
      run: ({ parameters: { signal, timeout } }) =>
        sleep(humanSignal(signal, timeout ? { timeout } : {}), 'answer'),
    },
    answer: {
      inline: true,
      run: ({ signal }) =>
        complete(
          signal
            ? { signal: signal.name, payload: JsonValue.parse(signal.payload ?? null) }
            : { signal: null },
        ),
    },
  },
});
