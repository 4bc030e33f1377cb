import type { MaestroClient } from '@maestro/client';
import { seeded } from '@maestro/core/testing/personal-data';
import { setTimeout as delay } from 'node:timers/promises';
import { warehouseEnvironment } from '../../warehouse-app.ts';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { CallBook, type CallFigures } from '../load/call-book.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { rounded } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { ApiDriver } from '../stack/api-driver.ts';
import { startBenchStack, type BenchStack } from '../stack/bench-stack.ts';
import { committedEvents, waitCommitted } from '../stack/committed-events.ts';
import { accessApi, connectClient } from '../stack/connect-client.ts';
import { TENANT } from '../stack/driver.ts';
import { HttpCaller } from '../stack/http-caller.ts';
import { recordDaprd } from '../stack/profiling.ts';
import { readVerifiedLog } from '../stack/read-log.ts';
import { cpuSnapshot, usageSince, type Usage } from '../stack/usage.ts';
import { ApiClients } from './api-clients.ts';
import { followLives, HEARD } from './api-follower.ts';
import { growTree } from './fork-tree.ts';
import { warmUp } from './lifecycle.ts';

/** One run of a mixed load on the API. */
export interface ApiRun {
  readonly workload: 'api';
  readonly components: ComponentSet;
  readonly clients: number;
  readonly followers: number;
  readonly seconds: number;
  /** All calls of clients and followers. */
  readonly all: CallFigures;
  readonly perSecond: number;
  readonly errorRate: number;
  readonly routes: readonly (CallFigures & { readonly route: string })[];
  /** CPU per call. */
  readonly usage: Usage;
  readonly verified: number;
  readonly load1: number;
}

const FOLLOWERS = 8;
/** Children in each generation of the family whose lineage is looked at. */
const FAMILY = [5, 4];
/** Far above what this machine can: a refusal for too many requests is an error here. */
const REQUESTS_PER_SECOND = 100_000;
const LISTS_IN_MS = 30_000;

/** Many clients that ask all sorts of things of the API for a while, each its next when it has its answer, beside followers. */
export async function runApi(
  components: ComponentSet,
  options: BenchOptions,
): Promise<readonly ApiRun[]> {
  const stack = await startBenchStack(
    components,
    { ...options, via: 'api' },
    {
      env: (backends, dataDir) =>
        warehouseEnvironment(components, backends, dataDir, backends.env['MAESTRO_POSTGRES']),
    },
  );
  const driver = await ApiDriver.connect(stack);
  const caller = new HttpCaller(await accessApi(stack));
  try {
    const client = await connectClient(stack);
    const operator = await connectClient(stack, ['operator']);
    await operator.setTenant({ limits: { requestsPerSecond: REQUESTS_PER_SECOND } });
    await warmUp(stack, driver);
    const completed = await committedEvents(stack, 'publish');
    await listsAnswer(client);
    const { rootId } = await growTree({ stack, driver, client }, FAMILY);
    const { nodes } = await client.lineage(rootId, 'tree');
    const clients = new ApiClients(
      caller,
      seeded(1),
      nodes.map(({ id }) => id),
    );
    // Warms up what no life has used yet; not counted.
    await load(clients, client, options.clients, options.quick ? 1 : 5);

    const { apiSeconds: seconds } = options;
    const recording = options.profile ? recordDaprd(options, seconds) : undefined;
    const cpu = cpuSnapshot(stack.processes());
    const { book, tookMs } = await load(clients, client, options.clients, seconds);
    const calls = book.kinds().filter((kind) => kind !== HEARD);
    const all = book.figuresOf(calls);
    const usage = usageSince(cpu, stack.processes(), all.calls);
    const load1After = load1();
    if (recording) progress(`daprd's profile: ${await recording}`);
    for (const error of book.firstErrors()) progress(error);
    const run: ApiRun = {
      workload: 'api',
      components,
      clients: options.clients,
      followers: FOLLOWERS,
      seconds,
      all,
      perSecond: rounded((all.calls * 1000) / tookMs),
      errorRate: all.errors / all.calls,
      routes: book.kinds().map((route) => ({ route, ...book.figuresOf([route]) })),
      usage,
      verified: await verify(stack, clients, completed),
      load1: load1After,
    };
    progress(
      `api ${components}: ${run.perSecond} calls/s, ${all.errors} of ${all.calls} failed, p50 ${all.callMs.p50} ` +
        `p99 ${all.callMs.p99} max ${all.callMs.max} ms, load1 ${load1After}`,
    );
    return [run];
  } finally {
    caller.close();
    await driver.close();
    await stack.stop();
  }
}

async function load(
  clients: ApiClients,
  client: MaestroClient,
  count: number,
  seconds: number,
): Promise<{ readonly book: CallBook; readonly tookMs: number }> {
  const book = new CallBook();
  const from = performance.now();
  const until = from + seconds * 1000;
  await Promise.all([
    ...Array.from({ length: count }, () => clients.ask(book, until)),
    ...Array.from({ length: FOLLOWERS }, () => followLives(clients, client, book, until)),
  ]);
  return { book, tookMs: performance.now() - from };
}

/** Waits until the warehouse has opened its tables. @throws what it answers when it has not after half a minute. */
async function listsAnswer(client: MaestroClient): Promise<void> {
  const giveUpAt = performance.now() + LISTS_IN_MS;
  for (;;) {
    try {
      await client.list({ limit: 1 });
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await delay(200);
    }
  }
}

/**
 * Waits until all have completed that need no signal or took one, and reads all logs back.
 *
 * @param completed how many had completed before the first was started.
 * @throws Error when a log is broken, or one has not completed.
 */
async function verify(
  stack: BenchStack,
  { started, unsignalled }: ApiClients,
  completed: number,
): Promise<number> {
  await waitCommitted(stack, 'publish', completed + started.length - unsignalled.size);
  await closedLoop(started.length, 16, async (index) => {
    const id = started[index] ?? '';
    const log = await readVerifiedLog(stack.store, { tenant: TENANT, id });
    const last = log.at(-1)?.type;
    if (!unsignalled.has(id) && last !== 'publish') {
      throw new Error(`${id} has not completed: ${last}`);
    }
  });
  return started.length;
}
