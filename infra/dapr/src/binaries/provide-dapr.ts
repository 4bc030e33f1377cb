import { ensureDapr } from './dapr-binaries.ts';

// Finds Dapr's binaries or builds them, so that what comes afterwards starts at once.
try {
  const { version, source } = await ensureDapr({
    log: (line) => void process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`Dapr ${version} (${source})\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
