import { actorIdOf, type ContinuationRef } from '@maestro/core';
import type { Command } from '../turn/command.ts';
import { CommandSender } from './command-sender.ts';
import type { ContinuationHost, Envelope } from './continuation-host.ts';

/**
 * Sends commands to the host of the same process, without the way through the sidecar: for the standalone service,
 * where the one host is everybody's. Should a second one run on the same store, the log still lets only one of them
 * write at a time; they would only take continuations over from each other more often than need be.
 */
export class LocalContinuations extends CommandSender {
  readonly #host: () => ContinuationHost;

  /** @param host asked for at the first command: the host itself needs a sender to be made. */
  constructor(host: () => ContinuationHost) {
    super();
    this.#host = host;
  }

  protected override once(ref: ContinuationRef, command: Command): Promise<Envelope> {
    return this.#host().invoke(actorIdOf(ref), command);
  }
}
