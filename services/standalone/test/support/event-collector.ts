import { DaprStreamBus, EVENTS_TOPIC, SidecarHttp, type EventsMessage } from '@maestro/actors';
import { freePorts, startSidecar, type DaprBinaries, type Stack } from '@maestro/infra-dapr';
import express from 'express';
import path from 'node:path';
import { repository } from './running-standalone.ts';

/** An app of its own on the events' topic, in this process, behind a sidecar of its own. */
export interface EventCollector {
  /** Every row of a continuation that was delivered, by its sequence. */
  rowsOf(id: string): ReadonlyMap<number, string>;
  /** Rows that came again with other bytes than the first time. */
  readonly changed: readonly string[];
  /** Deliveries, repetitions included. */
  readonly messages: number;
  close(): Promise<void>;
}

/** Subscribes to what the workers of a stack publish. */
export async function startEventCollector(
  stack: Stack,
  options: { readonly binaries: DaprBinaries; readonly dataDir: string },
): Promise<EventCollector> {
  const rows = new Map<string, Map<number, string>>();
  const changed: string[] = [];
  let messages = 0;
  const [appPort = 0, httpPort = 0] = await freePorts(2);
  const http = new SidecarHttp(httpPort);
  const bus = new DaprStreamBus(http, 'maestro-pubsub');
  bus.subscribe(EVENTS_TOPIC, async ({ data }) => {
    const message = data as EventsMessage;
    messages++;
    const known = rows.get(message.continuation) ?? new Map<number, string>();
    rows.set(message.continuation, known);
    message.rows.forEach((row, index) => {
      const sequence = message.from + index;
      if ((known.get(sequence) ?? row) !== row) changed.push(`${message.continuation} ${sequence}`);
      known.set(sequence, row);
    });
  });
  const app = express();
  app.get('/healthz', (_request, response) => void response.json({}));
  app.use(bus.routes());
  const server = app.listen(appPort, '127.0.0.1');
  const sidecar = await startSidecar({
    ...options,
    controlPlane: stack.controlPlane,
    appId: 'collector',
    appPort,
    httpPort,
    env: stack.env,
    resourcesPaths: [path.join(repository, 'components/postgres')],
  });
  await sidecar.waitHealthy(60_000);
  return {
    rowsOf: (id) => rows.get(id) ?? new Map(),
    changed,
    get messages() {
      return messages;
    },
    close: async () => {
      await Promise.all([http.close(), sidecar.stop()]);
      server.close();
      server.closeAllConnections();
    },
  };
}
