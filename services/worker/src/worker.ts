import { admit } from '@maestro/api';
import {
  actorCallbacks,
  actorRoutes,
  checkReadiness,
  connectTenants,
  ContinuationClient,
  ContinuationHost,
  crashHookFrom,
  DaprBlobStore,
  DaprScheduler,
  DaprStreamBus,
  FencedStore,
  freezeHookFrom,
  InProcessBus,
  isSidecarReady,
  loadRecipes,
  LocalContinuations,
  logTurns,
  noCrash,
  probeOnce,
  requireAppToken,
  PrometheusObservability,
  routeStreams,
  RowEraser,
  SidecarHttp,
  StoredAudit,
  systemClock,
  TopicHost,
  TurnTracer,
  wakeOf,
  type CommandSender,
  type ConnectedTenants,
  type CrashHook,
  type ReadinessCheck,
  type ScrapeOptions,
} from '@maestro/actors';
import type {
  BlobStore,
  Identity,
  RecipeRegistry,
  StreamBus,
  AuditLog,
  TenantDirectory,
  Tracing,
  Observability,
} from '@maestro/core';
import express from 'express';
import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { guardCalls } from './calls/guard-calls.ts';
import { keepProbe } from './probe/keep-probe.ts';
import type { WorkerConfig } from './worker-config.ts';

/** How a worker is put together. */
export interface WorkerOptions {
  /** Whether commands of this process go straight to its own host; only where it is the one host. @default false */
  readonly localCalls?: boolean;
  /** Where spans go; whoever gives it closes it. Left out: no spans. */
  readonly tracing?: Tracing | undefined;
  /** Tells who another service is that calls an actor. @default nobody may */
  readonly identity?: Identity | undefined;
  /** What counts and is scraped. @default one of its own */
  readonly observability?: PrometheusObservability;
}

/** A host of continuations and everything it is made of. */
export interface Worker {
  readonly host: ContinuationHost;
  readonly store: FencedStore;
  readonly blobs: BlobStore;
  readonly bus: StreamBus;
  readonly recipes: RecipeRegistry;
  readonly tenants: TenantDirectory;
  /** Tries a state component that a tenant is to have for itself. */
  readonly checkStore: ConnectedTenants['checkStore'];
  readonly audit: AuditLog;
  readonly eraser: RowEraser;
  readonly continuations: CommandSender;
  readonly observability: Observability;
  /** Text for Prometheus. */
  readonly metrics: (options?: ScrapeOptions) => Promise<string>;
  /** Asks the sidecar, its actor registration and its state component. */
  readonly ready: () => Promise<readonly ReadinessCheck[]>;
  /** Serves the sidecar's callbacks on the app port. */
  readonly listen: () => Promise<void>;
  /** Drains and closes; resolves when nothing is under way any more. */
  readonly close: () => Promise<void>;
}

/**
 * Makes a worker. It does not need its sidecar to be up yet.
 *
 * @throws MaestroError `config.invalid` when a recipe package or the crash point is wrong.
 */
export async function createWorker(
  config: WorkerConfig,
  log: Logger,
  options: WorkerOptions = {},
): Promise<Worker> {
  const recipes = await loadRecipes(config.recipes);
  const http = new SidecarHttp(config.daprHttpPort);
  const connected = connectTenants(http, config.stateComponent, systemClock);
  const { rows, tenants } = connected;
  const store = new FencedStore(rows);
  const probe = probeOnce(connected.installation, config.stateComponent, systemClock);
  const audit = new StoredAudit(rows);
  const blobs = new DaprBlobStore(http, config.blobComponent);
  const scheduler = new DaprScheduler(config.daprGrpcPort, systemClock);
  const observability = options.observability ?? new PrometheusObservability();
  const daprBus = config.pubsubComponent
    ? new DaprStreamBus(http, config.pubsubComponent, observability)
    : undefined;
  const bus = daprBus ?? new InProcessBus();
  const continuations: CommandSender = options.localCalls
    ? new LocalContinuations(() => ({ host, topics }))
    : new ContinuationClient(http, config.actorKeys[0]);
  const crash = crashHook(config);
  const tracer = options.tracing && new TurnTracer(options.tracing, store, systemClock);
  const host: ContinuationHost = new ContinuationHost(
    {
      store,
      events: store,
      blobs,
      scheduler,
      bus,
      recipes,
      tenants,
      clock: systemClock,
      virtualClock: config.development,
      observability,
      tracer,
      crash,
      log: logTurns(log),
    },
    continuations,
    // The one host has nobody to hand its actors over to.
    options.localCalls ? { handOverMs: 0 } : {},
  );
  const topics = new TopicHost({
    rows,
    clock: systemClock,
    tenants,
    reminders: scheduler.ofTopics,
    deliver: (ref, match) => continuations.tell(...wakeOf(ref, match)),
    crash,
  });
  routeStreams(bus, continuations);
  const guard = guardCalls({
    keys: config.actorKeys,
    identity: options.identity,
    admit: (tenant) => admit(tenants, tenant, config.admission),
    open: config.development && config.actorKeys.length === 0,
    clock: systemClock,
    log,
  });
  const ready = (): Promise<readonly ReadinessCheck[]> =>
    checkReadiness(http, config.stateComponent, { actors: true, probe });
  const metrics: Worker['metrics'] = (scrape) => {
    host.measure();
    return observability.scrape(scrape);
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(actorRoutes(host));
  if (daprBus) app.use(daprBus.routes());
  app.get('/livez', (_request, response) => {
    response.json({ status: 'ok', ...host.load });
  });
  app.get('/readyz', async (_request, response) => {
    const checks = await ready();
    response.status(checks.every(({ ok }) => ok) ? 200 : 503).json({ checks });
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain').send(await metrics());
  });

  const probing = keepProbe(config, recipes, log, {
    continuations,
    store,
    clock: systemClock,
    observability,
  });
  const watching = setInterval(() => {
    host.watch();
    topics.forgetIdle();
  }, 2_000);
  const watchingFreezes = setInterval(() => void host.watchFreezes(), 500);
  let server: Server | undefined;
  return {
    host,
    store,
    blobs,
    bus,
    recipes,
    tenants,
    checkStore: connected.checkStore,
    audit,
    eraser: new RowEraser(rows, blobs, systemClock),
    continuations,
    observability,
    metrics,
    ready,
    listen: async () => {
      if (await isSidecarReady(http, { actors: false })) host.renewRegistration();
      await new Promise<void>((resolve, reject) => {
        const callbacks = actorCallbacks({ host, topics }, guard, app);
        server = createServer(requireAppToken(config.appToken, callbacks));
        server.keepAliveTimeout = 120_000;
        server.once('error', reject);
        server.listen(config.appPort, '127.0.0.1', resolve);
      });
    },
    close: async () => {
      clearInterval(watching);
      await probing?.();
      // Steps go on for a while yet, and a freeze ends them.
      await host.drain(config.drainMs);
      clearInterval(watchingFreezes);
      await new Promise<void>((resolve) => {
        if (server) server.close(() => resolve());
        else resolve();
        server?.closeIdleConnections();
        setTimeout(() => server?.closeAllConnections(), 2_000).unref();
      });
      await tracer?.idle();
      scheduler.close();
      await http.close();
    },
  };
}

function crashHook({ crashPoint, freezeFile }: WorkerConfig): CrashHook {
  if (crashPoint !== undefined) return crashHookFrom(crashPoint);
  return freezeFile === undefined ? noCrash : freezeHookFrom(freezeFile);
}
