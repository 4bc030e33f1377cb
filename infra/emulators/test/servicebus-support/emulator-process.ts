import { freePorts, ManagedProcess } from '@maestro/infra-dapr';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import type { ServiceBusEmulatorOptions } from '../../src/servicebus/index.ts';

const MAIN = fileURLToPath(new URL('../../dist/servicebus/main.js', import.meta.url));
const KEY = 'the-key-of-a-process';

/** An emulator in a process of its own, which keeps its port and its journal over restarts. */
export interface EmulatorProcess {
  readonly connectionString: string;
  readonly port: number;
  readonly process: ManagedProcess;
  /** Kills it with SIGKILL. */
  kill9(): Promise<void>;
  /** Starts it again after its end and waits until it listens. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Starts the built emulator and waits until it listens. */
export async function startEmulatorProcess(
  dataDir: string,
  entities: NonNullable<ServiceBusEmulatorOptions['entities']>,
): Promise<EmulatorProcess> {
  expect(existsSync(MAIN), `${MAIN} is missing: run npx tsc -b infra/emulators`).toBe(true);
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'entities.json');
  writeFileSync(file, JSON.stringify(entities));
  const [port = 0] = await freePorts(1);
  const start = async (): Promise<ManagedProcess> => {
    const started = ManagedProcess.spawn({
      name: 'servicebus',
      command: process.execPath,
      args: [MAIN],
      env: {
        SERVICEBUS_PORT: String(port),
        SERVICEBUS_KEY: KEY,
        SERVICEBUS_ENTITIES: file,
        SERVICEBUS_DATA: join(dataDir, 'journal.jsonl'),
      },
      logFile: join(dataDir, 'logs', 'servicebus.log'),
    });
    await vi.waitUntil(() => answers(port), { timeout: 20_000, interval: 50 });
    return started;
  };
  let current = await start();
  return {
    connectionString: `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${KEY};UseDevelopmentEmulator=true`,
    port,
    get process() {
      return current;
    },
    kill9: async () => {
      await current.kill9();
    },
    start: async () => {
      current = await start();
    },
    stop: async () => {
      await current.stop(5000);
    },
  };
}
