import {
  MaestroError,
  parseTopicActorId,
  topicActorId,
  type Clock,
  type ContinuationRef,
  type ErrorWire,
  type TenantDirectory,
  type TopicRef,
} from '@maestro/core';
import type { RowStore } from '../store/row-store.ts';
import type { CommandOf } from '../turn/command.ts';
import { noCrash, type CrashHook } from '../turn/crash-points.ts';
import { rulesOf } from '../turn/tenant-rules.ts';
import { redactItem } from './redact-item.ts';
import { TopicCommand, type TopicReply } from './topic-command.ts';
import type { Keeping, Match } from './topic-state.ts';
import { TopicStore } from './topic-store.ts';
import { WakeTopic } from './wake-topic.ts';

/** What a topic keeps for subscriptions that come later: a day, 10,000 items, 32 MB. */
const KEEPING: Keeping = { items: 10_000, bytes: 32 * 1024 * 1024, ms: 24 * 3600 * 1000 };

/** How soon somebody looks at a topic whose host may have died owing deliveries, in ms. */
const COVER_MS = 5_000;

/** How long a topic that nobody uses is remembered, in ms. */
const IDLE_MS = 15 * 60_000;

/** The one reminder of a topic. */
const REMINDER = 'deliver';

/** Reminders of topics. */
export interface TopicReminders {
  arm(ref: TopicRef, name: string, atMs: number): Promise<void>;
  disarm(ref: TopicRef, name: string): Promise<void>;
}

/** What a host of topics works with. */
export interface TopicHostPorts {
  readonly rows: RowStore;
  readonly clock: Clock;
  /** Say what is taken out of items. */
  readonly tenants: Pick<TenantDirectory, 'document' | 'deletion'>;
  readonly reminders: TopicReminders;
  /** Wakes a continuation with the item that it waited for. */
  readonly deliver: (ref: TopicRef, match: Match) => Promise<unknown>;
  readonly keeping?: Keeping;
  readonly crash?: CrashHook;
}

/** What an actor call to a topic answers. */
export type TopicEnvelope =
  | { readonly ok: true; readonly reply: TopicReply }
  | { readonly ok: false; readonly error: ErrorWire };

/** The command that wakes a continuation with what a topic has found, and whom it goes to. */
export function wakeOf(
  { tenant }: TopicRef,
  { subscription, item }: Match,
): readonly [ContinuationRef, CommandOf<'item'>] {
  return [
    { tenant, id: subscription.continuation },
    {
      kind: 'item',
      subscription: subscription.id,
      position: item.position,
      atMs: item.atMs,
      item: item.item,
      traceparent: item.traceparent,
    },
  ];
}

interface Hosted {
  readonly topic: WakeTopic;
  /** When the reminder that was armed last fires. */
  armedAtMs: number;
  /** The last call for its reminder. */
  reminding: Promise<void>;
}

/** Hosts topics: keeps those that are used in memory and gives each command to its topic. */
export class TopicHost {
  readonly #ports: TopicHostPorts;
  readonly #topics = new Map<string, Hosted>();

  constructor(ports: TopicHostPorts) {
    this.#ports = ports;
  }

  /** Whether no topic has anything under way. */
  get idle(): boolean {
    return [...this.#topics.values()].every(({ topic }) => topic.idle);
  }

  /** Runs a command. Refusals come back in the envelope; what is written is committed when this returns. */
  async invoke(actorId: string, body: unknown): Promise<TopicEnvelope> {
    try {
      const command = TopicCommand.safeParse(body);
      if (!command.success) {
        throw new MaestroError('request.invalid', 'this is not a command that this release knows');
      }
      return { ok: true, reply: await this.#run(this.#hosted(actorId).topic, command.data) };
    } catch (error) {
      return { ok: false, error: MaestroError.from(error).toWire() };
    }
  }

  /** Takes the reminder of a topic that may owe deliveries. */
  async remind(actorId: string): Promise<void> {
    const hosted = this.#hosted(actorId);
    hosted.armedAtMs = 0;
    if (await this.#isDeleted(hosted.topic.ref)) {
      this.deactivate(actorId);
      return this.#ports.reminders.disarm(hosted.topic.ref, REMINDER);
    }
    if (await hosted.topic.look()) return this.#cover(hosted);
    await this.#reminding(hosted, async () => {
      // Unless it was armed while this looked.
      if (hosted.armedAtMs === 0) await this.#ports.reminders.disarm(hosted.topic.ref, REMINDER);
    });
  }

  /** Forgets a topic that the runtime has moved or put to sleep. What it owes is found again by the next host. */
  deactivate(actorId: string): void {
    this.#topics.get(actorId)?.topic.stop();
    this.#topics.delete(actorId);
  }

  /** Forgets topics that nobody has used for long. */
  forgetIdle(): void {
    const beforeMs = this.#ports.clock.nowMs() - IDLE_MS;
    for (const [actorId, { topic }] of this.#topics) {
      if (topic.idle && topic.usedAtMs < beforeMs) this.#topics.delete(actorId);
    }
  }

  #isDeleted({ tenant }: TopicRef): Promise<boolean> {
    return this.#ports.tenants.deletion(tenant).then((deletion) => deletion !== undefined);
  }

  /** @throws MaestroError `tenant.deleted`, and what the topic refuses. */
  async #run(topic: WakeTopic, command: TopicCommand): Promise<TopicReply> {
    if (await this.#isDeleted(topic.ref)) {
      throw new MaestroError('tenant.deleted', `the tenant ${topic.ref.tenant} was deleted`);
    }
    switch (command.kind) {
      case 'publish': {
        const { texts } = await rulesOf(this.#ports.tenants, topic.ref.tenant);
        const taken = await Promise.all(
          command.items.map(({ id, item }) =>
            topic.publish(id, redactItem(item, texts), command.traceparent),
          ),
        );
        const fresh = taken.filter(Boolean).length;
        return { kind: 'published', taken: fresh, known: taken.length - fresh };
      }
      case 'subscribe':
        await topic.subscribe(command.subscription);
        return { kind: 'subscribed' };
      case 'unsubscribe':
        await topic.unsubscribe(command.id);
        return { kind: 'unsubscribed' };
      case 'peek':
        return { kind: 'peeked', ...(await topic.peek(command.count)) };
    }
  }

  #hosted(actorId: string): Hosted {
    const found = this.#topics.get(actorId);
    if (found) return found;
    const ref = parseTopicActorId(actorId);
    const { rows, clock, keeping = KEEPING, deliver, crash = noCrash } = this.#ports;
    const hosted: Hosted = {
      armedAtMs: 0,
      reminding: Promise.resolve(),
      topic: new WakeTopic(ref, new TopicStore(rows, ref), {
        clock,
        keeping,
        deliver: (match) => deliver(ref, match),
        cover: () => this.#cover(hosted),
        crash: (point) => crash(point, actorId),
      }),
    };
    this.#topics.set(topicActorId(ref), hosted);
    return hosted;
  }

  /** One reminder covers whatever is owed until it fires. */
  async #cover(hosted: Hosted): Promise<void> {
    await this.#reminding(hosted, async () => {
      const nowMs = this.#ports.clock.nowMs();
      if (hosted.armedAtMs > nowMs) return;
      const atMs = nowMs + COVER_MS;
      await this.#ports.reminders.arm(hosted.topic.ref, REMINDER, atMs);
      hosted.armedAtMs = atMs;
    });
  }

  /** Arms and disarms one after the other, so that the one that counts is the one that was meant last. */
  #reminding(hosted: Hosted, work: () => Promise<void>): Promise<void> {
    const mine = hosted.reminding.catch(() => undefined).then(work);
    hosted.reminding = mine;
    return mine;
  }
}
