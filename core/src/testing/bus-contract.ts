import { describe, expect, it } from 'vitest';
import type { BusMessage, StreamBus } from '../ports/stream-bus.ts';

/** What the suite runs against: a bus whose subscription of `topic` may take a moment to be in force. */
export interface BusUnderTest {
  readonly bus: StreamBus;
  readonly topic: string;
  /** Messages that the subscription of `topic` has stored so far. */
  readonly received: () => readonly BusMessage[];
  /** Makes the next `count` deliveries fail; with an error that is not retryable if `forGood`. */
  readonly failNext: (count: number, forGood?: boolean) => void;
  /** What the dead-letter topic holds; left out where there is none. */
  readonly deadLetters?: () => readonly BusMessage[];
  /** Whether a failed delivery comes again by itself; otherwise the publisher learns of it. */
  readonly redelivers: boolean;
}

async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !done(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The conformance suite of `StreamBus`. */
export function busContract(name: string, open: () => Promise<BusUnderTest>): void {
  describe(`bus contract: ${name}`, () => {
    it('delivers every message with its id and data', async () => {
      const { bus, topic, received } = await open();
      const ids = Array.from({ length: 20 }, (_, index) => `message/${Date.now()}/${index}`);
      await Promise.all(ids.map((id) => bus.publish(topic, { id, data: { rows: [id] } })));
      const arrived = (): BusMessage[] => received().filter((message) => ids.includes(message.id));
      await until(() => new Set(arrived().map(({ id }) => id)).size === ids.length);
      expect([...new Set(arrived().map(({ id }) => id))].sort()).toEqual([...ids].sort());
      expect(arrived().every(({ id, data }) => (data as { rows: string[] }).rows[0] === id)).toBe(
        true,
      );
    });

    it('loses no message whose delivery failed', async () => {
      const { bus, topic, received, failNext, redelivers } = await open();
      const id = `failing/${Date.now()}`;
      failNext(1);
      const published = await bus.publish(topic, { id, data: {} }).then(
        () => true,
        () => false,
      );
      expect(published).toBe(redelivers);
      if (!redelivers) await bus.publish(topic, { id, data: {} });
      await until(() => received().some((message) => message.id === id));
      expect(received().some((message) => message.id === id)).toBe(true);
    });

    it('puts a message that is refused for good on the dead-letter topic, with the reason', async (test) => {
      const { bus, topic, received, failNext, deadLetters } = await open();
      if (!deadLetters) return test.skip('a bus in the process tells the publisher instead');
      const id = `poisoned/${Date.now()}`;
      failNext(1, true);
      await bus.publish(topic, { id, data: { rows: [id] } });
      const letter = (): BusMessage | undefined => deadLetters().find((one) => one.id === id);
      await until(() => letter() !== undefined);
      expect(letter()?.data).toEqual({
        reason: { code: 'request.invalid', message: 'poisoned' },
        message: expect.objectContaining({ id, data: { rows: [id] } }),
      });
      expect(received().some((message) => message.id === id)).toBe(false);
    });
  });
}
