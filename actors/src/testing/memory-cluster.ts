import type { ContinuationRef, Recipe, StreamBus, Tracing } from '@maestro/core';
import { InProcessBus } from '../bus/in-process-bus.ts';
import type { StepTimes } from '../step/step-runner.ts';
import type { Command, Reply } from '../turn/command.ts';
import type { CrashHook } from '../turn/crash-points.ts';
import { advanceClock } from './advance-clock.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryRowStore } from './memory-row-store.ts';
import { createMemoryRuntime, gatewayTo, type MemoryRuntime } from './memory-runtime.ts';
import { MemoryScheduler, type ArmedReminder } from './memory-scheduler.ts';

/** What a cluster is made of. */
export interface MemoryClusterOptions {
  readonly recipes: readonly Recipe[];
  readonly bus?: StreamBus;
  readonly stepTimes?: StepTimes;
  /** How long a host that leaves waits for its actors to go, in ms. @default 0 */
  readonly handOverMs?: number;
}

/** What a host of a cluster has for itself. */
export interface HostParts {
  readonly crash?: CrashHook;
  readonly tracing?: Tracing;
}

/**
 * Several hosts on one store, one scheduler and one clock. Reminders, commands and what steps report go to the host
 * that placement names, which a test moves at will: {@link MemoryCluster.owner}.
 */
export class MemoryCluster {
  readonly rows = new MemoryRowStore();
  readonly clock = new FakeClock();
  readonly scheduler = new MemoryScheduler(this.clock);
  readonly bus: StreamBus;
  readonly hosts: MemoryRuntime[] = [];
  readonly #options: MemoryClusterOptions;
  #owner: MemoryRuntime;

  constructor(options: MemoryClusterOptions) {
    this.#options = options;
    this.bus = options.bus ?? new InProcessBus();
    this.#owner = this.addHost();
  }

  /** The host that the continuations live on. Setting it moves them without a word to the old one. */
  get owner(): MemoryRuntime {
    return this.#owner;
  }

  set owner(host: MemoryRuntime) {
    this.#owner = host;
  }

  /** Starts another host; the owner stays. */
  addHost(options: HostParts = {}): MemoryRuntime {
    const host = createMemoryRuntime({
      ...this.#options,
      rows: this.rows,
      clock: this.clock,
      scheduler: this.scheduler,
      bus: this.bus,
      gateway: gatewayTo(
        (ref, command) => this.send(ref, command),
        (ref, command) => this.#owner.topics.tellTopic(ref, command),
      ),
      ...options,
    });
    this.hosts.push(host);
    return host;
  }

  /** Starts a host and makes it the owner. */
  takeOver(options: HostParts = {}): MemoryRuntime {
    this.#owner = this.addHost(options);
    return this.#owner;
  }

  /** Sends a command to the owner; refusals are thrown. */
  send<R extends Reply>(ref: ContinuationRef, command: Command): Promise<R> {
    return this.#owner.continuations.send<R>(ref, command);
  }

  /** Moves the clock on; reminders go to whoever is the owner by then. */
  async advance(ms: number): Promise<void> {
    await advanceClock(
      {
        clock: this.clock,
        scheduler: this.scheduler,
        deliver: (reminder: ArmedReminder) => this.#owner.deliver(reminder),
        idle: () => this.idle(),
      },
      ms,
    );
    await this.idle();
  }

  /** Lets the turns of all hosts that live come to rest. */
  async idle(): Promise<void> {
    for (const host of this.hosts) if (host.alive) await host.idle();
  }
}
