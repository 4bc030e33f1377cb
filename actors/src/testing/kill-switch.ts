import { MaestroError, type Scheduler, type StreamBus } from '@maestro/core';
import type { StepGateway } from '../step/step-gateway.ts';
import type { TopicGateway } from '../topic/topic-command.ts';
import type { TopicReminders } from '../topic/topic-host.ts';
import type { RowStore } from '../store/row-store.ts';

/**
 * Stands between a host in memory and the world. Once it is killed, nothing that the host still does gets out and no
 * answer gets in: as with kill -9, every call just never returns.
 */
export class KillSwitch {
  readonly #died: Promise<void>;
  #kill: () => void = () => undefined;
  #dead = false;

  constructor() {
    this.#died = new Promise((resolve) => {
      this.#kill = resolve;
    });
  }

  /** Whether the host is dead. */
  get dead(): boolean {
    return this.#dead;
  }

  kill(): void {
    this.#dead = true;
    this.#kill();
  }

  /** What a caller of the host gets: the answer, or the end of the connection when the host dies first. */
  async orDeath<T>(answer: Promise<T>): Promise<T> {
    const result = await Promise.race([answer, this.#died.then(() => DEAD)]);
    if (result === DEAD || this.#dead) {
      throw new MaestroError('sidecar.unavailable', 'the host died');
    }
    return result as T;
  }

  rows(rows: RowStore): RowStore {
    return {
      read: (partition, key, signal) => this.#pass(() => rows.read(partition, key, signal)),
      readMany: (partition, keys, signal) =>
        this.#pass(() => rows.readMany(partition, keys, signal)),
      write: (partition, writes, signal) => this.#pass(() => rows.write(partition, writes, signal)),
    };
  }

  scheduler(scheduler: Scheduler): Scheduler {
    return {
      arm: (ref, name, atMs) => this.#pass(() => scheduler.arm(ref, name, atMs)),
      disarm: (ref, name) => this.#pass(() => scheduler.disarm(ref, name)),
    };
  }

  bus(bus: StreamBus): StreamBus {
    return {
      publish: (topic, message) => this.#pass(() => bus.publish(topic, message)),
      subscribe: (topic, handler) => bus.subscribe(topic, handler),
    };
  }

  topicReminders(reminders: TopicReminders): TopicReminders {
    return {
      arm: (ref, name, atMs) => this.#pass(() => reminders.arm(ref, name, atMs)),
      disarm: (ref, name) => this.#pass(() => reminders.disarm(ref, name)),
    };
  }

  gateway(gateway: StepGateway & TopicGateway): StepGateway & TopicGateway {
    return {
      heartbeat: (ref, stepId, attempt) =>
        this.#pass(() => gateway.heartbeat(ref, stepId, attempt)),
      finish: (ref, command) => this.#pass(() => gateway.finish(ref, command)),
      tell: (ref, command) => this.#pass(() => gateway.tell(ref, command)),
      tellTopic: (ref, command) => this.#pass(() => gateway.tellTopic(ref, command)),
    };
  }

  async #pass<T>(call: () => Promise<T>): Promise<T> {
    if (this.#dead) return NEVER;
    try {
      return await call();
    } finally {
      // Whatever the answer was: a dead host does not hear it.
      if (this.#dead) await NEVER;
    }
  }
}

const DEAD = Symbol('dead');
const NEVER = new Promise<never>(() => undefined);
