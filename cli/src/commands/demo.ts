import { MaestroClient } from '@maestro/client';
import { mintDevToken } from '@maestro/client/dev-token';
import { startStack, type Stack } from '@maestro/infra-dapr';
import type { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contextOf } from '../command-context.ts';
import { LifeView } from '../demo/show-life.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult } from '../failure.ts';
import { wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { verifyLog } from '../verify/verify-log.ts';

const STANDALONE = fileURLToPath(
  new URL('../../../services/standalone/dist/main.js', import.meta.url),
);

interface DemoOptions {
  readonly sleep: number;
}

/** `maestro demo`. */
export function addDemo(program: Command, environment: CliEnvironment): void {
  program
    .command('demo')
    .summary('watch a continuation survive a kill -9')
    .description(
      'Starts everything in a folder of its own, submits a continuation, kills the worker with -9 while it sleeps, starts it again, and ends with the completed log verified.',
    )
    .option('--sleep <seconds>', 'how long the continuation sleeps', wholeNumber(3), 15)
    .action(async (_options: unknown, command: Command) => {
      const { options, output, signal } = contextOf<DemoOptions>(command, environment);
      const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-demo-'));
      let stack: Stack | undefined;
      try {
        stack = await startStack({
          dataDir,
          components: 'local',
          env: { MAESTRO_ENV: 'development', MAESTRO_DRAIN_MS: '1000' },
          log: (line) => output.note(line),
          apps: [{ appId: 'maestro', command: [process.execPath, STANDALONE], publicPort: 'auto' }],
        });
        await showLife(stack, dataDir, options, output, signal);
      } finally {
        await stack?.stop({ drainMs: 3_000 });
        await rm(dataDir, { recursive: true, force: true });
      }
      output.note('');
      output.note('Keep it running: npm start   (the API is then at http://127.0.0.1:8080)');
    });
}

async function showLife(
  stack: Stack,
  dataDir: string,
  { sleep }: DemoOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const app = stack.app('maestro');
  const token = await mintDevToken({
    keyFile: path.join(dataDir, 'dev-issuer.json'),
    tenant: 'demo',
    subject: 'you',
  });
  const client = new MaestroClient({ baseUrl: `http://127.0.0.1:${app.publicPort}`, token });
  const started = await client.start(
    {
      goal: {
        objective: 'Sleep, survive and complete',
        recipe: 'noop@1',
        parameters: { sleepMs: sleep * 1000 },
      },
    },
    { signal },
  );
  output.result({ event: 'submitted', id: started.id }, () => [
    '',
    `submitted ${output.tone('strong', started.id)}: noop@1, a sleep of ${sleep} s`,
    '',
  ]);

  const view = new LifeView(output);
  let killing: Promise<void> | undefined;
  const last = await view.follow(client, started.id, {
    signal,
    onSleep: () => {
      killing ??= killWorker(app, view, output);
    },
  });
  await killing;
  const page = await client.events(started.id, { limit: 1000, includeHead: true });
  const verdict = await verifyLog(from(page.events), () => ({
    sequence: page.head.sequence,
    row: page.headRow,
  }));
  output.result({ event: 'verified', ...verdict, latenessMs: view.lateness }, () => [
    '',
    `${output.tone(verdict.ok ? 'good' : 'bad', verdict.ok ? 'verified' : 'NOT verified')}: ${verdict.events} events, no gap, hash ${verdict.hash?.slice(0, 16)}…, the log folds to the head`,
    `woke ${view.lateness.map((late) => `${late} ms`).join(', ')} late, after its worker was killed and started again`,
  ]);
  if (!verdict.ok || last?.type !== 'publish')
    throw new NegativeResult('the continuation did not survive');
}

async function killWorker(
  app: ReturnType<Stack['app']>,
  view: LifeView,
  output: Output,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const { pid } = app.process;
  await app.kill9();
  view.stopCountdown();
  output.result({ event: 'killed', pid }, () => [
    `       ${output.tone('bad', `kill -9 ${pid}`)}: the worker is gone, its continuation sleeps on`,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await app.restart();
  output.result({ event: 'restarted', pid: app.process.pid }, () => [
    `       ${output.tone('good', 'restarted')} as process ${app.process.pid}`,
  ]);
}

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
