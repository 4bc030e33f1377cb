import type { BusHandler, BusMessage, StreamBus } from '@maestro/core';

/** Hands messages to the subscribers of the same process; a publish is done when all of them have stored it. */
export class InProcessBus implements StreamBus {
  readonly #handlers = new Map<string, Set<BusHandler>>();

  async publish(topic: string, message: BusMessage): Promise<void> {
    await Promise.all([...(this.#handlers.get(topic) ?? [])].map((handler) => handler(message)));
  }

  subscribe(topic: string, handler: BusHandler): () => void {
    const handlers = this.#handlers.get(topic) ?? new Set();
    this.#handlers.set(topic, handlers.add(handler));
    return () => handlers.delete(handler);
  }
}
