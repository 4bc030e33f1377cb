import type { Reply } from '@maestro/actors';
import type { StartAnswer } from '@maestro/client/protocol';
import { deriveContinuationId, type Clock } from '@maestro/core';
import type { IncomingMessage } from 'node:http';
import { ulid } from 'ulid';
import type { Answer } from '../http/answer.ts';
import { idempotencyKeyOf } from '../http/idempotency-key.ts';
import type { AnswerDoc } from '../http/route.ts';
import { EXAMPLE_ID } from './examples.ts';

/** What a spawn answers. */
export type Spawned = Extract<Reply, { kind: 'spawned' }>;

/** The id of what a request starts: derived from its key, so that a repeated request finds the same one. */
export function idToStart(http: IncomingMessage, tenant: string, clock: Clock): string {
  const key = idempotencyKeyOf(http);
  return key === undefined ? ulid(clock.nowMs()) : deriveContinuationId(tenant, key);
}

/** The answers of a route that starts a continuation, as they are documented. */
export function startAnswers(
  description: string,
  sequence: number,
): Readonly<Record<number, AnswerDoc>> {
  const same = { schema: 'StartAnswer', headers: { Location: 'Path of the continuation' } };
  return {
    201: {
      ...same,
      description,
      example: { id: EXAMPLE_ID, status: 'sleeping', sequence, created: true },
    },
    200: {
      ...same,
      description: 'The same request had started it already',
      example: { id: EXAMPLE_ID, status: 'completed', sequence: 7, created: false },
    },
  };
}

/** The answer to who has started a continuation, or finds it started. */
export function startedAnswer(id: string, { status, sequence, created }: Spawned): Answer {
  const body = { id, status: status as StartAnswer['status'], sequence, created };
  return {
    status: created ? 201 : 200,
    headers: { location: `/continuations/${id}` },
    body: body satisfies StartAnswer,
    about: id,
  };
}
