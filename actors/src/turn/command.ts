import {
  Beginning,
  Budget,
  ContinuationId,
  isErrorCode,
  JsonValue,
  Lineage,
  MAX_PARENTS,
  MergeInputRow,
  MergeSpec,
  MicroUsd,
  Requester,
  SignalName,
  StoredGoalFrame,
} from '@maestro/core';
import { z } from 'zod';
import type { Standing } from './standing.ts';
import { Traceparent } from './traceparent.ts';

/** Brings a continuation into being, or finds that the same request did already. */
export const SpawnCommand = z.looseObject({
  kind: z.literal('spawn'),
  goal: StoredGoalFrame,
  budget: Budget.optional(),
  requestedBy: Requester,
  requestHash: z.string(),
  /** Of a child: its place in the family, and where it begins instead of where its recipe starts. */
  lineage: Lineage.optional(),
  beginning: Beginning.optional(),
  /** Of a merge: what it is made of. */
  merge: MergeSpec.optional(),
  traceparent: Traceparent,
});

/** Makes children of a continuation: copies of what it is now, or was as of an earlier event. */
export const ForkCommand = z.looseObject({
  kind: z.literal('fork'),
  requestId: z.string().min(1).max(200),
  by: Requester,
  /** The event to fork from. @default the last one */
  from: z.int().min(1).optional(),
  children: z
    .array(
      z.looseObject({
        objective: z.string().min(1).max(4000).optional(),
        parameters: z.record(z.string(), JsonValue).optional(),
        tags: z.array(z.string().min(1).max(100)).max(50).optional(),
        budgetMicroUsd: MicroUsd.optional(),
      }),
    )
    .min(1)
    .max(100),
  traceparent: Traceparent,
});

/** A topic has found an item that a sleep waits for. */
export const ItemCommand = z.looseObject({
  kind: z.literal('item'),
  /** The subscription: names continuation, sleep and condition. */
  subscription: z.string().min(1).max(200),
  position: z.int().min(1),
  /** When the topic took it, in ms since the epoch. */
  atMs: z.number(),
  item: z.record(z.string(), JsonValue),
  traceparent: Traceparent,
});

/** A merge asks for a parent: it is to hand itself over when it has ended. */
export const JoinCommand = z.looseObject({
  kind: z.literal('join'),
  child: ContinuationId,
  parents: z.array(ContinuationId).min(1).max(MAX_PARENTS),
  function: z.string().min(1).max(200),
  traceparent: Traceparent,
});

/** A parent that has ended hands itself over to a merge, with what is left of its budget. */
export const HandOverCommand = z.looseObject({
  kind: z.literal('hand-over'),
  input: MergeInputRow,
  returnedMicroUsd: MicroUsd,
  traceparent: Traceparent,
});

/** A person or another service speaks to a continuation. */
export const SignalCommand = z.looseObject({
  kind: z.literal('signal'),
  signal: SignalName,
  requestId: z.string().min(1).max(200),
  by: Requester,
  /** What the token of whoever signals says about them. */
  roles: z.array(z.string()).optional(),
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

/** Shows where a continuation stands. */
export const LookCommand = z.looseObject({ kind: z.literal('look') });

/** Everything that can be asked of a continuation; a turn takes exactly one. */
export const Command = z.discriminatedUnion('kind', [
  SpawnCommand,
  ForkCommand,
  JoinCommand,
  HandOverCommand,
  ItemCommand,
  SignalCommand,
  FinishStepCommand,
  HeartbeatCommand,
  WakeCommand,
  LookCommand,
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
  | {
      readonly kind: 'forked';
      readonly changed: boolean;
      /** The fork's event. */
      readonly sequence: number;
      /** Ids of the children, in the order of the request. */
      readonly children: readonly string[];
    }
  | { readonly kind: 'joined'; readonly changed: boolean }
  | { readonly kind: 'item'; readonly woke: boolean }
  | { readonly kind: 'step'; readonly accepted: boolean }
  | { readonly kind: 'lease'; readonly answer: 'continue' | 'abort' }
  | { readonly kind: 'woken'; readonly found: boolean }
  | { readonly kind: 'looked'; readonly continuation: Standing };
