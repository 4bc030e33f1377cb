import { MaestroError, type ContinuationRef, type ErrorWire, type TopicRef } from '@maestro/core';
import type { StepGateway } from '../step/step-gateway.ts';
import type { TopicCommand, TopicGateway, TopicReply } from '../topic/topic-command.ts';
import type { TopicEnvelope } from '../topic/topic-host.ts';
import type { Command, CommandOf, Reply } from '../turn/command.ts';
import type { Envelope } from './continuation-host.ts';

/** Pause before the first retry, in ms; doubles up to 2 s. */
const RETRY_PAUSE_MS = 100;

/** How long a command may take in all, and how to give it up. */
export interface SendOptions {
  /** @default 20000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Sends commands to continuations and topics; how one try travels is the subclass's part. */
export abstract class CommandSender implements StepGateway, TopicGateway {
  /** One try. @throws MaestroError when no answer came back within the time that is left. */
  protected abstract once(
    ref: ContinuationRef,
    command: Command,
    leftMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Envelope>;

  /** One try to reach a topic. @throws MaestroError when no answer came back within the time that is left. */
  protected abstract onceToTopic(
    ref: TopicRef,
    command: TopicCommand,
    leftMs: number,
  ): Promise<TopicEnvelope>;

  /**
   * One command. What is retryable (the actor has just moved, the sidecar is away) is tried again until the time is
   * over: every command is idempotent, by its request hash, request id or step id.
   *
   * @throws MaestroError what the continuation refused with, or the last failure.
   */
  async send<R extends Reply>(
    ref: ContinuationRef,
    command: Command,
    options: SendOptions = {},
  ): Promise<R> {
    const envelope = await retried(
      (leftMs) => this.once(ref, command, leftMs, options.signal),
      options,
    );
    return envelope.reply as R;
  }

  async tellTopic(ref: TopicRef, command: TopicCommand): Promise<TopicReply> {
    const envelope = await retried((leftMs) => this.onceToTopic(ref, command, leftMs), {});
    return envelope.reply;
  }

  async heartbeat(
    ref: ContinuationRef,
    stepId: string,
    attempt: number,
  ): Promise<'continue' | 'abort'> {
    const command: Command = { kind: 'heartbeat', stepId, attempt };
    const reply = await this.send<Extract<Reply, { kind: 'lease' }>>(ref, command, {
      timeoutMs: 8_000,
    });
    return reply.answer;
  }

  async finish(ref: ContinuationRef, command: CommandOf<'finish-step'>): Promise<void> {
    await this.send(ref, command);
  }

  async tell(ref: ContinuationRef, command: Command): Promise<void> {
    await this.send(ref, command);
  }
}

type AnyEnvelope<R> =
  | { readonly ok: true; readonly reply: R }
  | { readonly ok: false; readonly error: ErrorWire };

/** Tries again what is retryable, with growing pauses, until the time is over. */
async function retried<R>(
  once: (leftMs: number) => Promise<AnyEnvelope<R>>,
  { timeoutMs = 20_000, signal }: SendOptions,
): Promise<{ readonly reply: R }> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = RETRY_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
      const envelope = await once(leftMs);
      if (!envelope.ok) throw MaestroError.fromWire(envelope.error);
      return envelope;
    } catch (error) {
      const again = error instanceof MaestroError && error.retryable && !signal?.aborted;
      if (!again || performance.now() + pauseMs > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)));
    }
  }
}
