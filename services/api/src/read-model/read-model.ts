import type { ReplayAnswer } from '@maestro/client/protocol';
import { MaestroError, type ContinuationRef } from '@maestro/core';
import { z } from 'zod';
import type { ModelFigures } from './model-figures.ts';

/** Which continuations are wanted: the newest first, or with `dueByMs` the soonest due. */
export interface ModelQuery {
  readonly tenant: string;
  readonly status?: string | undefined;
  readonly recipe?: string | undefined;
  readonly root?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly search?: string | undefined;
  readonly tag?: string | undefined;
  /** Only who sleeps until then at the latest. */
  readonly dueByMs?: number | undefined;
  readonly limit: number;
  /** The last of the page before. */
  readonly after?: Pick<ModelLife, 'id' | 'createdAtMs' | 'dueAtMs'> | undefined;
}

/** What the read model answers; instants in ms since the epoch. */
export const ModelList = z.object({
  /** When it was brought up to date last. */
  builtAtMs: z.number().nullable(),
  lives: z.array(
    z.object({
      id: z.string(),
      status: z.enum(['running', 'sleeping', 'paused', 'completed', 'failed', 'killed']),
      recipe: z.string().nullable(),
      objective: z.string().nullable(),
      root: z.string().nullable(),
      depth: z.int().nullable(),
      tick: z.int(),
      events: z.int(),
      children: z.int(),
      spentMicroUsd: z.int(),
      createdAtMs: z.number(),
      lastEventAtMs: z.number(),
      finishedAtMs: z.number().nullable(),
      dueAtMs: z.number().nullable(),
    }),
  ),
});
export type ModelList = z.infer<typeof ModelList>;
export type ModelLife = Readonly<ModelList['lives'][number]>;

/** Lists and counts continuations from what was gathered of their events. */
export interface ReadModel {
  /** @throws MaestroError `warehouse.unavailable`, retryable, when it does not answer. */
  list(
    query: ModelQuery,
  ): Promise<Pick<ModelList, 'builtAtMs'> & { readonly lives: readonly ModelLife[] }>;

  /**
   * Deletes every row of a tenant that was deleted.
   *
   * @throws MaestroError `warehouse.unavailable`, retryable, when it does not answer.
   */
  erase(tenant: string): Promise<void>;

  /**
   * Figures of all tenants together: of the last hour by minutes, and how all continuations are.
   *
   * @throws MaestroError `warehouse.unavailable`, retryable, when it does not answer.
   */
  figures(): Promise<ModelFigures>;

  /**
   * Folds what it holds of a continuation, and compares it with the head in the store.
   *
   * @returns undefined when the store has none of that id.
   * @throws MaestroError `warehouse.unavailable`, retryable, when it does not answer.
   */
  replay(ref: ContinuationRef): Promise<ReplayAnswer | undefined>;
}

/** @throws MaestroError `warehouse.unavailable` when the installation has none. */
export function requireReadModel(readModel: ReadModel | undefined): ReadModel {
  if (readModel) return readModel;
  throw new MaestroError('warehouse.unavailable', 'no warehouse belongs to this installation');
}
