import type { SidecarHttp } from '@maestro/actors';
import { ReplayAnswer } from '@maestro/client/protocol';
import { jsonOrUndefined, MaestroError, type ContinuationRef } from '@maestro/core';
import { z } from 'zod';
import { ModelFigures } from '../read-model/model-figures.ts';
import { ModelList, type ModelQuery, type ReadModel } from '../read-model/read-model.ts';

const TIMEOUT_MS = 10_000;
/** A replay reads a whole log. */
const REPLAY_TIMEOUT_MS = 120_000;

/** Every table is gone through. */
const ERASURE_TIMEOUT_MS = 120_000;

const Nothing = z.object({});
const ReplayedOne = z.object({ replay: ReplayAnswer.nullable() });

/** The read model of a warehouse that is an application of its own, by Dapr's service invocation. */
export class DaprReadModel implements ReadModel {
  readonly #http: Pick<SidecarHttp, 'call'>;
  readonly #methods: string;

  constructor(http: Pick<SidecarHttp, 'call'>, appId: string) {
    this.#http = http;
    this.#methods = `/v1.0/invoke/${encodeURIComponent(appId)}/method`;
  }

  list(query: ModelQuery): Promise<ModelList> {
    return this.#ask('lists', query, ModelList);
  }

  figures(): Promise<ModelFigures> {
    return this.#ask('figures', {}, ModelFigures);
  }

  async erase(tenant: string): Promise<void> {
    await this.#ask('erasures', { tenant }, Nothing, ERASURE_TIMEOUT_MS);
  }

  async replay(ref: ContinuationRef): Promise<ReplayAnswer | undefined> {
    const { replay } = await this.#ask('replay', ref, ReplayedOne, REPLAY_TIMEOUT_MS);
    return replay ?? undefined;
  }

  async #ask<T>(
    method: string,
    question: object,
    schema: z.ZodType<T>,
    timeoutMs = TIMEOUT_MS,
  ): Promise<T> {
    const { status, text } = await this.#http
      .call('POST', `${this.#methods}/${method}`, {
        body: JSON.stringify(question),
        timeoutMs,
      })
      .catch((error: unknown) => {
        throw unavailable('it did not answer', error);
      });
    const answer = status === 200 ? schema.safeParse(jsonOrUndefined(text)) : undefined;
    if (!answer?.success) throw unavailable(`it answered ${status}`, answer?.error);
    return answer.data;
  }
}

function unavailable(why: string, cause: unknown): MaestroError {
  return new MaestroError('warehouse.unavailable', `the warehouse cannot be asked: ${why}`, {
    cause,
  });
}
