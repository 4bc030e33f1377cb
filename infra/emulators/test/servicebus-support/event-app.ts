import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ROUTE = '/events/';

/** A subscription as the application announces it to its sidecar. */
export interface AppSubscription {
  readonly topic: string;
  readonly deadLetterTopic?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An event that the application got. */
export interface ReceivedEvent {
  readonly topic: string;
  readonly data: string;
}

/** An application behind a sidecar that records the events it gets. */
export interface EventApp {
  readonly port: number;
  readonly events: readonly ReceivedEvent[];
  /** Decides the status of the answer to an event; 200 unless set. May wait. */
  handle: (event: ReceivedEvent) => number | Promise<number>;
  stop(): Promise<void>;
}

/** Starts an application that subscribes to topics of a pub/sub component. */
export async function startEventApp(
  pubsubname: string,
  subscriptions: readonly AppSubscription[],
): Promise<EventApp> {
  const events: ReceivedEvent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void serve(request.url ?? '', Buffer.concat(chunks).toString('utf8')).then(
        ({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(body);
        },
      );
    });
  });
  const serve = async (url: string, text: string): Promise<{ status: number; body: string }> => {
    if (url === '/dapr/subscribe') {
      const all = subscriptions.map((one) => ({
        pubsubname,
        route: `${ROUTE}${one.topic}`,
        ...one,
      }));
      return { status: 200, body: JSON.stringify(all) };
    }
    if (!url.startsWith(ROUTE)) return { status: url === '/healthz' ? 200 : 404, body: '{}' };
    // An event in a dead-letter topic still names the topic that it was published to.
    const topic = url.slice(ROUTE.length);
    const { data } = JSON.parse(text) as { readonly data: string };
    const event = { topic, data };
    events.push(event);
    return { status: await app.handle(event), body: '{}' };
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const app: EventApp = {
    port: (server.address() as AddressInfo).port,
    events,
    handle: () => 200,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return app;
}
