import {
  Budget,
  isErrorCode,
  JsonValue,
  Requester,
  SignalName,
  StoredGoalFrame,
} from '@maestro/core';
import { z } from 'zod';

/** The W3C traceparent of the span that sent a command. */
const Traceparent = z
  .string()
  .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
  .optional()
  .catch(undefined);

/** Brings a continuation into being, or finds that the same request did already. */
export const SpawnCommand = z.looseObject({
  kind: z.literal('spawn'),
  goal: StoredGoalFrame,
  budget: Budget.optional(),
  requestedBy: Requester,
  requestHash: z.string(),
  traceparent: Traceparent,
});

/** A person or another service speaks to a continuation. */
export const SignalCommand = z.looseObject({
  kind: z.literal('signal'),
  signal: SignalName,
  requestId: z.string().min(1).max(200),
  by: Requester,
  note: z.string().max(4000).optional(),
  payload: JsonValue.optional(),
  traceparent: Traceparent,
});

/** A detached step has ended, one way or another. */
export const FinishStepCommand = z.looseObject({
  kind: z.literal('finish-step'),
  stepId: z.string(),
  attempt: z.int().min(1),
  result: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('returned'), outcome: z.unknown() }),
    z.looseObject({
      kind: z.literal('threw'),
      message: z.string(),
      retryable: z.boolean(),
      /** What went wrong, when it is not the step's own failure. */
      code: z.string().refine(isErrorCode).optional().catch(undefined),
    }),
    /** The host gave the attempt up. */
    z.looseObject({ kind: z.literal('interrupted') }),
  ]),
  traceparent: Traceparent,
});

/** A detached step is still under way. */
export const HeartbeatCommand = z.looseObject({
  kind: z.literal('heartbeat'),
  stepId: z.string(),
  attempt: z.int().min(1),
});

/** Looks whether anything is due: the reminder's command, and what a watchdog or `repair` sends. */
export const WakeCommand = z.looseObject({
  kind: z.literal('wake'),
  /** Arms the reminder anew even if this host believes that it is armed. */
  rearm: z.boolean().optional(),
  /** When the reminder that sends this was armed, in ms since the epoch. */
  armedAtMs: z.number().optional(),
});

/** Everything that can be asked of a continuation; a turn takes exactly one. */
export const Command = z.discriminatedUnion('kind', [
  SpawnCommand,
  SignalCommand,
  FinishStepCommand,
  HeartbeatCommand,
  WakeCommand,
]);
export type Command = z.infer<typeof Command>;
export type CommandKind = Command['kind'];
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

/** What a turn answers. */
export type Reply =
  | {
      readonly kind: 'spawned';
      readonly created: boolean;
      readonly id: string;
      readonly status: string;
      readonly sequence: number;
    }
  | {
      readonly kind: 'signalled';
      readonly changed: boolean;
      readonly status: string;
      readonly sequence: number;
    }
  | { readonly kind: 'step'; readonly accepted: boolean }
  | { readonly kind: 'lease'; readonly answer: 'continue' | 'abort' }
  | { readonly kind: 'woken'; readonly found: boolean };
