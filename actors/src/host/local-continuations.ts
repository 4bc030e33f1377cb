import { actorIdOf, topicActorId, type ContinuationRef, type TopicRef } from '@maestro/core';
import type { TopicCommand } from '../topic/topic-command.ts';
import type { TopicEnvelope, TopicHost } from '../topic/topic-host.ts';
import type { Command } from '../turn/command.ts';
import { CommandSender } from './command-sender.ts';
import type { ContinuationHost, Envelope } from './continuation-host.ts';

/** The hosts of one process. */
export interface LocalHosts {
  readonly host: ContinuationHost;
  readonly topics: TopicHost;
}

/**
 * Sends commands to the host of the same process, without the way through the sidecar: for the standalone service,
 * where the one host is everybody's. Should a second one run on the same store, the log still lets only one of them
 * write at a time; they would only take continuations over from each other more often than need be.
 */
export class LocalContinuations extends CommandSender {
  readonly #hosts: () => LocalHosts;

  /** @param hosts asked for at the first command: the hosts themselves need a sender to be made. */
  constructor(hosts: () => LocalHosts) {
    super();
    this.#hosts = hosts;
  }

  protected override once(ref: ContinuationRef, command: Command): Promise<Envelope> {
    return this.#hosts().host.invoke(actorIdOf(ref), command);
  }

  protected override onceToTopic(ref: TopicRef, command: TopicCommand): Promise<TopicEnvelope> {
    return this.#hosts().topics.invoke(topicActorId(ref), command);
  }
}
