import { readEnvironment } from './environment.ts';
import { failureOf } from './failure.ts';
import { createProgram } from './program.ts';

/** Runs the command line of this process. */
export async function main(): Promise<void> {
  // A reader such as `head` that has seen enough is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await createProgram(readEnvironment(process.env)).parseAsync();
  } catch (thrown) {
    const { exitCode, error } = failureOf(thrown);
    if (error) {
      const line = process.argv.includes('--json')
        ? JSON.stringify({ error })
        : `maestro: ${error.code}: ${error.message}`;
      process.stderr.write(`${line.replaceAll('\n', ' ')}\n`);
    }
    process.exitCode = exitCode;
  }
}
