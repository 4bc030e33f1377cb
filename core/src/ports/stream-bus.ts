/** One message on a topic. */
export interface BusMessage {
  /** Names the message: the same id may be delivered more than once. */
  readonly id: string;
  readonly data: unknown;
  /** W3C traceparent of the publisher. */
  readonly traceparent?: string;
}

/** Takes a message; resolves once it is stored for good, rejects to have it delivered again. */
export type BusHandler = (message: BusMessage) => Promise<void>;

/** Hands messages on, at least once and in no order. */
export interface StreamBus {
  /** Durable (or delivered to every subscriber) when it returns. */
  publish(topic: string, message: BusMessage, signal?: AbortSignal): Promise<void>;

  /** Takes every message of a topic from now on. @returns a function that ends the subscription. */
  subscribe(topic: string, handler: BusHandler): () => void;
}
