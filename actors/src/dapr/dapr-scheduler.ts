import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  actorIdOf,
  CONTINUATION_ACTOR_TYPE,
  MaestroError,
  type Clock,
  type ContinuationRef,
  type Scheduler,
} from '@maestro/core';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Pause between two deliveries of a reminder whose callback failed, in seconds. There is no limit to their number. */
const REDELIVERY_SECONDS = 2;
/** Short, because a turn that waits for it holds up the sidecar's hand-over of actors. */
const TIMEOUT_MS = 4_000;

interface ReminderCalls {
  RegisterActorReminder: (
    request: object,
    options: grpc.CallOptions,
    done: (error: grpc.ServiceError | null) => void,
  ) => grpc.ClientUnaryCall;
  UnregisterActorReminder: ReminderCalls['RegisterActorReminder'];
}

/**
 * Actor reminders of the Dapr Scheduler. Registered over gRPC, because only there a failure policy without a limit can
 * be set: the default deletes a one-shot reminder after four failed deliveries.
 */
export class DaprScheduler implements Scheduler {
  readonly #client: ReminderCalls & grpc.Client;
  readonly #clock: Clock;

  constructor(grpcPort: number, clock: Clock) {
    const folder = path.dirname(createRequire(import.meta.url).resolve('@dapr/dapr/package.json'));
    const loaded = grpc.loadPackageDefinition(
      loadSync('dapr/proto/runtime/v1/dapr.proto', {
        includeDirs: [path.join(folder, 'proto')],
        keepCase: true,
      }),
    );
    const runtime = (loaded as unknown as DaprPackage).dapr.proto.runtime.v1;
    this.#client = new runtime.Dapr(`127.0.0.1:${grpcPort}`, grpc.credentials.createInsecure());
    this.#clock = clock;
  }

  arm(ref: ContinuationRef, name: string, atMs: number, signal?: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    return this.#call('RegisterActorReminder', signal, {
      actor_type: CONTINUATION_ACTOR_TYPE,
      actor_id: actorIdOf(ref),
      name,
      // A duration, not an instant: the scheduler's clock need not agree with ours. Never in the past.
      due_time: `${Math.max(0, Math.ceil(atMs - nowMs))}ms`,
      data: Buffer.from(JSON.stringify({ armedAtMs: nowMs })),
      overwrite: true,
      failure_policy: { constant: { interval: { seconds: REDELIVERY_SECONDS, nanos: 0 } } },
    });
  }

  disarm(ref: ContinuationRef, name: string, signal?: AbortSignal): Promise<void> {
    return this.#call('UnregisterActorReminder', signal, {
      actor_type: CONTINUATION_ACTOR_TYPE,
      actor_id: actorIdOf(ref),
      name,
    });
  }

  close(): void {
    this.#client.close();
  }

  #call(
    method: keyof ReminderCalls,
    signal: AbortSignal | undefined,
    request: object,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const call = this.#client[method](request, { deadline: Date.now() + TIMEOUT_MS }, (error) => {
        if (!error) resolve();
        else
          reject(
            new MaestroError('sidecar.unavailable', `${method}: ${error.details}`, {
              cause: error,
            }),
          );
      });
      signal?.addEventListener('abort', () => call.cancel(), { once: true });
    });
  }
}

interface DaprPackage {
  readonly dapr: {
    readonly proto: {
      readonly runtime: {
        readonly v1: {
          readonly Dapr: new (
            address: string,
            credentials: grpc.ChannelCredentials,
          ) => ReminderCalls & grpc.Client;
        };
      };
    };
  };
}
