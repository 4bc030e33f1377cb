import { startCosmosEmulator } from './start-emulator.ts';

/** Runs the emulator as a process of its own, configured by the environment; see README.md. */
const { COSMOS_PORT, COSMOS_HOST, COSMOS_KEY, COSMOS_DATA, COSMOS_SEED } = process.env;

const emulator = await startCosmosEmulator({
  port: COSMOS_PORT === undefined ? undefined : Number(COSMOS_PORT),
  host: COSMOS_HOST,
  key: COSMOS_KEY,
  dataFile: COSMOS_DATA,
  seed: COSMOS_SEED,
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.stop());
}

// Last, because whoever waits for this line may send a signal at once.
process.stdout.write(`listening on ${emulator.url}\n`);
