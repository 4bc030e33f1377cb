import {
  MaestroError,
  type BusHandler,
  type BusMessage,
  type Observability,
  type StreamBus,
} from '@maestro/core';
import express, { type Router } from 'express';
import type { SidecarHttp } from './sidecar-http.ts';

const PUBLISH_TIMEOUT_MS = 10_000;
const DEAD_LETTER = '-dead-letter';

/** Deliveries with an error that nobody raised on purpose, before the message counts as refused: fewer than the component sets retry. */
const MAX_UNEXPECTED = 6;

/** Messages whose failures are counted at a time. */
const MAX_COUNTED = 10_000;

/** What a dead-letter topic holds of a message that no subscriber could ever take. */
export interface DeadLetter {
  readonly reason: { readonly code: string; readonly message: string };
  readonly message: BusMessage;
}

/** The topic for messages of a topic that could not be delivered. */
export function deadLetterTopicOf(topic: string): string {
  return `${topic}${DEAD_LETTER}`;
}

/**
 * Topics of a Dapr pub/sub component. Subscriptions have to be made before the sidecar asks for them at its start.
 *
 * A message that a handler refuses for good (an error that is not retryable) goes to the dead-letter topic with the
 * reason, at once, and one that makes a handler fail unexpectedly again and again likewise; after any other failure it
 * comes again, and when the retries of the component set are used up the sidecar puts it there itself, as it is.
 */
export class DaprStreamBus implements StreamBus {
  readonly #http: Pick<SidecarHttp, 'call'>;
  readonly #component: string;
  readonly #observability: Pick<Observability, 'count'>;
  readonly #handlers = new Map<string, Set<BusHandler>>();
  /** Failed deliveries of messages that are under way. */
  readonly #failures = new Map<string, number>();

  constructor(
    http: Pick<SidecarHttp, 'call'>,
    component: string,
    observability: Pick<Observability, 'count'> = { count: () => undefined },
  ) {
    this.#http = http;
    this.#component = component;
    this.#observability = observability;
  }

  async publish(topic: string, message: BusMessage, signal?: AbortSignal): Promise<void> {
    const { status, text } = await this.#http.call(
      'POST',
      `/v1.0/publish/${encodeURIComponent(this.#component)}/${encodeURIComponent(topic)}` +
        `?metadata.cloudevent.id=${encodeURIComponent(message.id)}`,
      {
        body: JSON.stringify(message.data),
        headers: message.traceparent ? { traceparent: message.traceparent } : {},
        timeoutMs: PUBLISH_TIMEOUT_MS,
        signal,
      },
    );
    if (status !== 204 && status !== 200) {
      throw new MaestroError(
        'sidecar.unavailable',
        `publishing on ${topic} failed: ${status} ${text.slice(0, 300)}`,
      );
    }
  }

  subscribe(topic: string, handler: BusHandler): () => void {
    const handlers = this.#handlers.get(topic) ?? new Set();
    this.#handlers.set(topic, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  /** The routes that the sidecar asks for subscriptions and delivers messages on. */
  routes(): Router {
    const router = express.Router();
    router.get('/dapr/subscribe', (_request, response) => {
      response.json(
        [...this.#handlers.keys()].map((topic) => ({
          pubsubname: this.#component,
          topic,
          route: `/topics/${topic}`,
          ...(topic.endsWith(DEAD_LETTER) ? {} : { deadLetterTopic: deadLetterTopicOf(topic) }),
        })),
      );
    });
    router.post(
      '/topics/:topic',
      express.json({ limit: '4mb', type: () => true }),
      async (request, response) => {
        const { id, data, traceparent } = request.body as {
          readonly id: string;
          readonly data: unknown;
          readonly traceparent?: string;
        };
        const message = { id, data, ...(traceparent ? { traceparent } : {}) };
        const taken = await this.#deliver(request.params.topic, message);
        if (taken) response.json({ status: 'SUCCESS' });
        else response.status(500).json({ status: 'RETRY' });
      },
    );
    return router;
  }

  /** @returns whether the message is done with; otherwise it has to come again. */
  async #deliver(topic: string, message: BusMessage): Promise<boolean> {
    const handlers = [...(this.#handlers.get(topic) ?? [])];
    const results = await Promise.allSettled(handlers.map(async (handler) => handler(message)));
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    const key = `${topic}/${message.id}`;
    const reason = failures[0] === undefined ? undefined : this.#refusalOf(key, failures);
    if (failures.length > 0 && !reason) return false;
    if (reason && !(await this.#putAside(topic, message, reason))) return false;
    this.#failures.delete(key);
    return true;
  }

  /** Why nobody will ever take a message; undefined as long as somebody may when it comes again. */
  #refusalOf(key: string, failures: readonly unknown[]): MaestroError | undefined {
    const known = failures.filter((failure) => failure instanceof MaestroError);
    if (known.some(({ retryable }) => retryable)) return undefined;
    if (known.length === failures.length) return known[0];
    const count = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.delete(key);
    if (count < MAX_UNEXPECTED) {
      this.#failures.set(key, count);
      const [oldest] = this.#failures.keys();
      if (this.#failures.size > MAX_COUNTED && oldest !== undefined) this.#failures.delete(oldest);
      return undefined;
    }
    const unexpected = failures.find((failure) => !(failure instanceof MaestroError));
    return new MaestroError(
      'internal.error',
      `a handler failed ${count} times, at last with: ${String(unexpected).slice(0, 300)}`,
    );
  }

  /** @returns whether the message is on the dead-letter topic, where nothing else is put aside. */
  async #putAside(topic: string, message: BusMessage, reason: MaestroError): Promise<boolean> {
    if (!topic.endsWith(DEAD_LETTER)) {
      const letter: DeadLetter = {
        reason: { code: reason.code, message: reason.message },
        message,
      };
      try {
        await this.publish(deadLetterTopicOf(topic), { ...message, data: letter });
      } catch {
        return false;
      }
    }
    this.#observability.count('maestro_dead_letters_total', { topic, code: reason.code });
    return true;
  }
}
