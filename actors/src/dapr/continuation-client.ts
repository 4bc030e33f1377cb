import {
  actorIdOf,
  CONTINUATION_ACTOR_TYPE,
  MaestroError,
  type ContinuationRef,
} from '@maestro/core';
import type { Envelope } from '../host/continuation-host.ts';
import type { StepGateway } from '../step/step-gateway.ts';
import type { Command, CommandOf, Reply } from '../turn/command.ts';
import { COMMAND_METHOD } from './actor-routes.ts';
import type { SidecarHttp } from './sidecar-http.ts';

/** How often a retryable refusal is tried again within a call's time. */
const RETRY_PAUSE_MS = 100;

/** Sends commands to continuations by actor calls through the sidecar, wherever they live. */
export class ContinuationClient implements StepGateway {
  readonly #http: SidecarHttp;

  constructor(http: SidecarHttp) {
    this.#http = http;
  }

  /**
   * One command. A conflict (the actor has just moved) is tried again until the time is over.
   *
   * @throws MaestroError what the continuation refused with, or `sidecar.unavailable`.
   */
  async send<R extends Reply>(
    ref: ContinuationRef,
    command: Command,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<R> {
    const deadline = performance.now() + (options.timeoutMs ?? 20_000);
    for (;;) {
      try {
        return (await this.#once(ref, command, deadline, options.signal)) as R;
      } catch (error) {
        const again = error instanceof MaestroError && error.code === 'commit.conflict';
        if (!again || performance.now() + RETRY_PAUSE_MS > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
      }
    }
  }

  async heartbeat(
    ref: ContinuationRef,
    stepId: string,
    attempt: number,
  ): Promise<'continue' | 'abort'> {
    const reply = await this.send<Extract<Reply, { kind: 'lease' }>>(
      ref,
      { kind: 'heartbeat', stepId, attempt },
      { timeoutMs: 8_000 },
    );
    return reply.answer;
  }

  async finish(ref: ContinuationRef, command: CommandOf<'finish-step'>): Promise<void> {
    await this.send(ref, command);
  }

  async #once(
    ref: ContinuationRef,
    command: Command,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const { status, text } = await this.#http.call(
      'PUT',
      `/v1.0/actors/${CONTINUATION_ACTOR_TYPE}/${actorIdOf(ref)}/method/${COMMAND_METHOD}`,
      {
        body: JSON.stringify(command),
        timeoutMs: Math.max(1, Math.ceil(deadline - performance.now())),
        signal,
      },
    );
    if (status !== 200) {
      throw new MaestroError(
        'sidecar.unavailable',
        `the actor call failed: ${status} ${text.slice(0, 300)}`,
      );
    }
    const envelope = JSON.parse(text) as Envelope;
    if (!envelope.ok) throw MaestroError.fromWire(envelope.error);
    return envelope.reply;
  }
}
