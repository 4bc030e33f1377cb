import { MaestroError, type ContinuationRef } from '@maestro/core';
import type { StepGateway } from '../step/step-gateway.ts';
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

/** Sends commands to continuations; how one try travels is the subclass's part. */
export abstract class CommandSender implements StepGateway {
  /** One try. @throws MaestroError when no answer came back within the time that is left. */
  protected abstract once(
    ref: ContinuationRef,
    command: Command,
    leftMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Envelope>;

  /**
   * One command. What is retryable (the actor has just moved, the sidecar is away) is tried again until the time is
   * over: every command is idempotent, by its request hash, request id or step id.
   *
   * @throws MaestroError what the continuation refused with, or the last failure.
   */
  async send<R extends Reply>(
    ref: ContinuationRef,
    command: Command,
    { timeoutMs = 20_000, signal }: SendOptions = {},
  ): Promise<R> {
    const deadline = performance.now() + timeoutMs;
    for (let pauseMs = RETRY_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
        const envelope = await this.once(ref, command, leftMs, signal);
        if (!envelope.ok) throw MaestroError.fromWire(envelope.error);
        return envelope.reply as R;
      } catch (error) {
        const again = error instanceof MaestroError && error.retryable && !signal?.aborted;
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
    const command: Command = { kind: 'heartbeat', stepId, attempt };
    const reply = await this.send<Extract<Reply, { kind: 'lease' }>>(ref, command, {
      timeoutMs: 8_000,
    });
    return reply.answer;
  }

  async finish(ref: ContinuationRef, command: CommandOf<'finish-step'>): Promise<void> {
    await this.send(ref, command);
  }
}
