import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import {
  actorIdOf,
  CONTINUATION_ACTOR_TYPE,
  topicActorId,
  WAKE_TOPIC_ACTOR_TYPE,
  type Clock,
  type ContinuationRef,
  type Scheduler,
} from '@maestro/core';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { TopicReminders } from '../topic/topic-host.ts';
import { SidecarGrpc } from './sidecar-grpc.ts';

/** Pause between two deliveries of a reminder whose callback failed, in seconds. There is no limit to their number. */
const REDELIVERY_SECONDS = 2;
/**
 * Fires up to three times, 10 s apart, unless it is armed anew or removed: daprd 1.18 can take a callback that never
 * reached the app for one that succeeded (ADR 0013), which would be the end of a reminder that fires once.
 */
const REPEATS = 'R3/PT10S';
/** Short, because a turn that waits for it holds up the sidecar's hand-over of actors. */
const TIMEOUT_MS = 4_000;

/** A method of the sidecar's service, as the loader describes it. */
type Method = MethodDefinition<object, object>;

/**
 * Actor reminders of the Dapr Scheduler. Registered over gRPC, because only there a failure policy without a limit can
 * be set: the default deletes a one-shot reminder after four failed deliveries.
 */
export class DaprScheduler implements Scheduler {
  readonly #grpc: SidecarGrpc;
  readonly #clock: Clock;
  readonly #register: Method;
  readonly #unregister: Method;

  constructor(grpcPort: number, clock: Clock) {
    const folder = path.dirname(createRequire(import.meta.url).resolve('@dapr/dapr/package.json'));
    const service = loadSync('dapr/proto/runtime/v1/dapr.proto', {
      includeDirs: [path.join(folder, 'proto')],
      keepCase: true,
    })['dapr.proto.runtime.v1.Dapr'] as unknown as Record<
      'RegisterActorReminder' | 'UnregisterActorReminder',
      Method
    >;
    this.#register = service.RegisterActorReminder;
    this.#unregister = service.UnregisterActorReminder;
    this.#grpc = new SidecarGrpc(grpcPort);
    this.#clock = clock;
  }

  /** The reminders of topics. */
  readonly ofTopics: TopicReminders = {
    arm: (ref, name, atMs) => this.#arm(WAKE_TOPIC_ACTOR_TYPE, topicActorId(ref), name, atMs),
    disarm: (ref, name) => this.#disarm(WAKE_TOPIC_ACTOR_TYPE, topicActorId(ref), name),
  };

  arm(ref: ContinuationRef, name: string, atMs: number): Promise<void> {
    return this.#arm(CONTINUATION_ACTOR_TYPE, actorIdOf(ref), name, atMs);
  }

  disarm(ref: ContinuationRef, name: string): Promise<void> {
    return this.#disarm(CONTINUATION_ACTOR_TYPE, actorIdOf(ref), name);
  }

  #arm(type: string, id: string, name: string, atMs: number): Promise<void> {
    const nowMs = this.#clock.nowMs();
    return this.#call(this.#register, {
      actor_type: type,
      actor_id: id,
      name,
      // A duration, not an instant: the scheduler's clock need not agree with ours. Never in the past.
      due_time: `${Math.max(0, Math.ceil(atMs - nowMs))}ms`,
      period: REPEATS,
      data: Buffer.from(JSON.stringify({ armedAtMs: nowMs })),
      overwrite: true,
      failure_policy: { constant: { interval: { seconds: REDELIVERY_SECONDS, nanos: 0 } } },
    });
  }

  #disarm(type: string, id: string, name: string): Promise<void> {
    return this.#call(this.#unregister, { actor_type: type, actor_id: id, name });
  }

  close(): void {
    this.#grpc.close();
  }

  #call(method: Method, request: object): Promise<void> {
    return this.#grpc.call(method.path, method.requestSerialize(request), TIMEOUT_MS);
  }
}
