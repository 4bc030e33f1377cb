import type { Stack } from '@maestro/infra-dapr';
import type { Command } from 'commander';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contextOf } from '../command-context.ts';
import { DEFAULT_DATA_DIR, type CliEnvironment } from '../environment.ts';
import { NegativeResult } from '../failure.ts';
import { wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { watchStack } from '../dev/watch-stack.ts';

interface DevOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly runFile?: string;
}

const STANDALONE = fileURLToPath(
  new URL('../../../services/standalone/dist/main.js', import.meta.url),
);

/** `maestro dev`. */
export function addDev(program: Command, environment: CliEnvironment): void {
  program
    .command('dev')
    .summary('run everything on this machine')
    .description(
      'Runs the API and a worker in one process, Dapr beside it and the state in SQLite. The first run builds Dapr if need be. Ctrl-C stops it; the state is kept, and what was due meanwhile goes on at the next start.',
    )
    .option('--data-dir <folder>', 'where everything is kept', environment.dataDir)
    .option('--port <port>', 'where the API listens', wholeNumber(1), 8080)
    .option('--run-file <dapr.yaml>', 'run the applications of a Dapr run file instead')
    .addHelpText(
      'after',
      `
Examples:
  $ maestro dev
  $ maestro dev --run-file dapr.yaml --data-dir /tmp/maestro`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<DevOptions>(command, environment);
      // Before it runs there is nothing to stop gracefully: the launcher ends what it has started when it exits.
      signal.addEventListener('abort', exitAtOnce);
      const stack = await launch(options, output);
      signal.removeEventListener('abort', exitAtOnce);
      const url = apiUrl(stack, options);
      const page = environment.statusPage ? `${url}/status` : undefined;
      output.result(
        { event: 'started', url, statusPage: page, dataDir: path.resolve(options.dataDir) },
        () => startedLines(output, { url, page }, options, stack.env),
      );
      const ended = await watchStack(stack, { url, output, signal });
      output.result({ event: 'stopping' }, () => [
        'stopping: steps that run may come to their end (Ctrl-C again: at once)',
      ]);
      await stack.stop({ drainMs: 130_000 });
      output.result({ event: 'stopped' }, () => ['stopped']);
      if (ended !== undefined) {
        output.note(`${ended.name} ended by itself; see ${ended.logFile}`);
        throw new NegativeResult('a process ended');
      }
    });
}

function exitAtOnce(): void {
  process.exit(1);
}

async function launch(options: DevOptions, output: Output): Promise<Stack> {
  const { runFile, startStack } = await import('@maestro/infra-dapr');
  const shared = {
    dataDir: options.dataDir,
    env: { MAESTRO_ENV: 'development' },
    log: (line: string) => output.result({ event: 'progress', line }, () => [line]),
  };
  if (options.runFile !== undefined) return runFile(options.runFile, shared);
  return startStack({
    ...shared,
    components: 'local',
    apps: [
      {
        appId: 'maestro',
        command: [process.execPath, STANDALONE],
        publicPort: options.port,
        env: {
          MAESTRO_WAREHOUSE: `duckdb:${path.resolve(options.dataDir, 'warehouse.duckdb')}`,
          MAESTRO_STORE: `sqlite:${path.resolve(options.dataDir, 'state.db')}`,
        },
      },
    ],
  });
}

/** Where the API of the stack listens. */
function apiUrl(stack: Stack, options: DevOptions): string {
  if (options.runFile === undefined) return `http://127.0.0.1:${options.port}`;
  const api = stack.app('maestro-api');
  return `http://127.0.0.1:${api.publicPort ?? api.spec.env?.['MAESTRO_API_PORT'] ?? 8080}`;
}

function startedLines(
  output: Output,
  { url, page }: { readonly url: string; readonly page: string | undefined },
  options: DevOptions,
  env: Readonly<Record<string, string>>,
): string[] {
  // What the stack has started by itself: repair wants to know where it is.
  const postgres = env['MAESTRO_POSTGRES'];
  const elsewhere = [
    ...(options.dataDir === DEFAULT_DATA_DIR
      ? []
      : [`export MAESTRO_DATA_DIR=${path.resolve(options.dataDir)}`]),
    ...(url === 'http://127.0.0.1:8080' ? [] : [`export MAESTRO_API=${url}`]),
    ...(postgres === undefined ? [] : [`export MAESTRO_POSTGRES='${postgres}'`]),
  ];
  return [
    '',
    `${output.tone('good', 'Maestro runs')} at ${output.tone('strong', url)}; its data is in ${path.resolve(options.dataDir)}`,
    ...(page === undefined ? [] : [`How everything is: ${output.tone('strong', page)}`]),
    '',
    'In another terminal:',
    ...elsewhere.map((line) => `  ${line}`),
    '  npx maestro start noop@1 --param sleepMs=5000 --follow',
    '  npx maestro token                  # a token for curl',
    '',
    'Ctrl-C stops it; the state is kept.',
  ];
}
