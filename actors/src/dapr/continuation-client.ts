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

/** Pause before the first retry, in ms; doubles up to 2 s. */
const RETRY_PAUSE_MS = 100;
/** How long one try may take, in ms: a sidecar that is handing actors over can leave a call hanging. */
const TRY_MS = 8_000;

/** Sends commands to continuations by actor calls through the sidecar, wherever they live. */
export class ContinuationClient implements StepGateway {
  readonly #http: SidecarHttp;

  constructor(http: SidecarHttp) {
    this.#http = http;
  }

  /**
   * One command. What is retryable (the actor has just moved, the sidecar is away) is tried again until the time is
   * over: every command is idempotent, by its request hash, request id or step id.
   *
   * @throws MaestroError what the continuation refused with, or the last failure.
   */
  async send<R extends Reply>(
    ref: ContinuationRef,
    command: Command,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<R> {
    const deadline = performance.now() + (options.timeoutMs ?? 20_000);
    for (let pauseMs = RETRY_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        return (await this.#once(ref, command, deadline, options.signal)) as R;
      } catch (error) {
        const again = error instanceof MaestroError && error.retryable && !options.signal?.aborted;
        if (!again || performance.now() + pauseMs > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)));
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
        timeoutMs: Math.min(TRY_MS, Math.max(1, Math.ceil(deadline - performance.now()))),
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
