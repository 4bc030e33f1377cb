import { z } from 'zod';

/** Price and skill class of a model. */
export const Tier = z.enum(['haiku', 'sonnet', 'opus']);
export type Tier = z.infer<typeof Tier>;

/** Where a model step runs. */
export const Runtime = z.enum(['maestro', 'agentcore', 'foundry']);
export type Runtime = z.infer<typeof Runtime>;

/** What the policy kernel decided about a tick, in its five layers. */
export const Decision = z.looseObject({
  /** A: may the tick go on at all; deny is the default of every unknown. */
  gates: z.array(
    z.looseObject({
      gate: z.enum(['freeze', 'sensitivity', 'budget', 'deadline', 'quota']),
      verdict: z.enum(['allow', 'hold', 'deny']),
      reason: z.string(),
    }),
  ),
  /** B: which tier, on which providers in which order. */
  route: z.looseObject({
    tier: Tier,
    providers: z.array(z.string()),
    runtime: Runtime,
    maxTokens: z.int().min(1),
  }),
  /** C: what the tick does next. */
  branch: z.enum(['continue', 'fork', 'merge', 'sleep', 'publish', 'terminate']),
  /** D: tools that the step may use. */
  tools: z.looseObject({
    allowed: z.array(z.string()),
    preferred: z.array(z.string()),
    maxCalls: z.int().min(0),
  }),
  /** E: whether a person has to look, and until when. */
  escalation: z
    .looseObject({ signal: z.string(), role: z.string(), by: z.iso.datetime({ offset: true }) })
    .nullable(),
  /** Which rule led to what, in words. */
  rationale: z.array(z.string()).min(1),
  kernelVersion: z.string(),
  latencyUs: z.int().min(0),
});
export type Decision = z.infer<typeof Decision>;
