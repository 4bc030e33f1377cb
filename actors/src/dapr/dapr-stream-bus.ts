import { MaestroError, type BusHandler, type BusMessage, type StreamBus } from '@maestro/core';
import express, { type Router } from 'express';
import type { SidecarHttp } from './sidecar-http.ts';

const PUBLISH_TIMEOUT_MS = 10_000;

/** Topics of a Dapr pub/sub component. Subscriptions have to be made before the sidecar asks for them at its start. */
export class DaprStreamBus implements StreamBus {
  readonly #http: SidecarHttp;
  readonly #component: string;
  readonly #handlers = new Map<string, Set<BusHandler>>();

  constructor(http: SidecarHttp, component: string) {
    this.#http = http;
    this.#component = component;
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
          deadLetterTopic: `${topic}-dead-letter`,
        })),
      );
    });
    router.post(
      '/topics/:topic',
      express.json({ limit: '4mb', type: () => true }),
      async (request, response) => {
        const event = request.body as { id: string; data: unknown; traceparent?: string };
        try {
          const handlers = this.#handlers.get(request.params.topic) ?? [];
          await Promise.all(
            [...handlers].map((handler) =>
              handler({
                id: event.id,
                data: event.data,
                ...(event.traceparent ? { traceparent: event.traceparent } : {}),
              }),
            ),
          );
          response.json({ status: 'SUCCESS' });
        } catch {
          response.status(500).json({ status: 'RETRY' });
        }
      },
    );
    return router;
  }
}
