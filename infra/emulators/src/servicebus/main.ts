import { readFileSync } from 'node:fs';
import type { NamespaceOptions } from './broker/entity-options.ts';
import { startServiceBusEmulator } from './start-emulator.ts';

/** Runs the emulator as a process of its own, configured by the environment; see README.md. */
const {
  SERVICEBUS_PORT,
  SERVICEBUS_HOST,
  SERVICEBUS_KEY,
  SERVICEBUS_ENTITIES,
  SERVICEBUS_DATA,
  SERVICEBUS_MAX_MESSAGE_BYTES,
} = process.env;

function numberFrom(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

const emulator = await startServiceBusEmulator({
  port: numberFrom(SERVICEBUS_PORT),
  host: SERVICEBUS_HOST,
  key: SERVICEBUS_KEY,
  entities:
    SERVICEBUS_ENTITIES === undefined
      ? undefined
      : (JSON.parse(readFileSync(SERVICEBUS_ENTITIES, 'utf8')) as NamespaceOptions),
  dataFile: SERVICEBUS_DATA,
  maxMessageBytes: numberFrom(SERVICEBUS_MAX_MESSAGE_BYTES),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.stop());
}

// Last, because whoever waits for this line may send a signal at once.
process.stdout.write(`listening on ${emulator.host}:${emulator.port}\n`);
