import { complete, defineRecipe, fail } from '@maestro/core';
import { z } from 'zod';

/**
 * Calls an HTTP endpoint that may take minutes. The call is a detached step: it runs outside the turn, so the
 * continuation answers reads, signals and a kill at once while it waits, and a crash of the host starts the next
 * attempt elsewhere.
 */
export const slowEndpoint = defineRecipe({
  name: 'slow-endpoint',
  version: 1,
  description: 'Calls a slow HTTP endpoint and completes with its answer',
  parameters: z.strictObject({
    /** Where to GET. */
    url: z.url({ protocol: /^https?$/ }),
  }),
  state: z.strictObject({}),
  start: () => ({ step: 'call', state: {} }),
  steps: {
    call: {
      maxAttempts: 5,
      backoffMs: 500,
      run: async ({ parameters, stepId, abort }) => {
        // The step id is the same in every attempt: an endpoint that honours it does the work once.
        const response = await fetch(parameters.url, {
          headers: { 'idempotency-key': stepId },
          signal: abort,
        });
        // Asking again would not help: the endpoint says that the request is wrong.
        if (response.status >= 400 && response.status < 500)
          return fail(`the endpoint said ${response.status}`);
        // Throwing asks for another attempt.
        if (!response.ok) throw new Error(`the endpoint said ${response.status}`);
        return complete({ status: response.status, body: await response.text() });
      },
    },
  },
});
