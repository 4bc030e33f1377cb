import {
  actorIdOf,
  CONTINUATION_ACTOR_TYPE,
  MaestroError,
  topicActorId,
  WAKE_TOPIC_ACTOR_TYPE,
  type ContinuationRef,
  type TopicRef,
} from '@maestro/core';
import { CommandSender } from '../host/command-sender.ts';
import type { Envelope } from '../host/continuation-host.ts';
import type { TopicCommand } from '../topic/topic-command.ts';
import type { TopicEnvelope } from '../topic/topic-host.ts';
import type { Command } from '../turn/command.ts';
import { COMMAND_METHOD } from './actor-callbacks.ts';
import { SIGNATURE_HEADER, signCall } from './call-signature.ts';
import type { SidecarHttp } from './sidecar-http.ts';

/** How long one try may take, in ms: a sidecar that is handing actors over can leave a call hanging. */
const TRY_MS = 8_000;

/** Sends commands to continuations and topics by actor calls through the sidecar, wherever they live. */
export class ContinuationClient extends CommandSender {
  readonly #http: SidecarHttp;
  readonly #key: string | undefined;

  /** @param key signs the calls (`MAESTRO_ACTOR_KEY`); left out: they are taken in development alone. */
  constructor(http: SidecarHttp, key?: string) {
    super();
    this.#http = http;
    this.#key = key;
  }

  protected override async once(
    ref: ContinuationRef,
    command: Command,
    leftMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Envelope> {
    const text = await this.#invoke(
      CONTINUATION_ACTOR_TYPE,
      actorIdOf(ref),
      command,
      leftMs,
      signal,
    );
    return JSON.parse(text) as Envelope;
  }

  protected override async onceToTopic(
    ref: TopicRef,
    command: TopicCommand,
    leftMs: number,
  ): Promise<TopicEnvelope> {
    const text = await this.#invoke(WAKE_TOPIC_ACTOR_TYPE, topicActorId(ref), command, leftMs);
    return JSON.parse(text) as TopicEnvelope;
  }

  async #invoke(
    type: string,
    id: string,
    command: unknown,
    leftMs: number,
    signal?: AbortSignal,
  ): Promise<string> {
    const body = JSON.stringify(command);
    const call = { actorType: type, actorId: id, text: body };
    const { status, text } = await this.#http.call(
      'PUT',
      `/v1.0/actors/${type}/${id}/method/${COMMAND_METHOD}`,
      {
        body,
        headers:
          this.#key === undefined
            ? {}
            : { [SIGNATURE_HEADER]: signCall(this.#key, call, Date.now()) },
        timeoutMs: Math.min(TRY_MS, leftMs),
        signal,
      },
    );
    // A sidecar can answer 200 with nothing for an app that has died meanwhile (ADR 0013).
    if (status !== 200 || text === '') {
      throw new MaestroError(
        'sidecar.unavailable',
        `the actor call failed: ${status} ${text.slice(0, 300)}`,
      );
    }
    return text;
  }
}
