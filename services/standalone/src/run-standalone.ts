import { SidecarHttp, type Metrics } from '@maestro/actors';
import { openIdentity, readAcross, serveApi, type ApiConfig } from '@maestro/api';
import type { Tracing } from '@maestro/core';
import type { WarehouseConfig } from '@maestro/warehouse';
import { createWorker, type WorkerConfig } from '@maestro/worker';
import type { Logger } from 'pino';
import { EmbeddedWarehouse } from './embedded-warehouse.ts';

/** What the standalone service is made of. */
export interface StandaloneOptions {
  readonly worker: WorkerConfig;
  readonly api: ApiConfig;
  /** Left out: there are no lists, and a publish that is lost stays lost. */
  readonly warehouse?: WarehouseConfig;
  readonly log: Logger;
  readonly tracing?: Tracing | undefined;
  /** Closed with the service. */
  readonly metrics: Metrics;
}

/**
 * Every role in one process behind one sidecar: the actor host, the public API and the warehouse, with events handed on in
 * process.
 *
 * @returns a function that drains and ends it.
 */
export async function runStandalone(options: StandaloneOptions): Promise<() => Promise<void>> {
  const { api: apiConfig, log, tracing } = options;
  const { identity, ready: identityReady } = await openIdentity({ ...apiConfig, log });
  const worker = await createWorker(options.worker, log, {
    localCalls: true,
    identity,
    tracing,
    observability: options.metrics.observability,
  });
  // Subscribes, so before the sidecar asks for subscriptions.
  const warehouse = options.warehouse
    ? new EmbeddedWarehouse(options.warehouse, worker, log)
    : undefined;
  await worker.listen();
  warehouse?.start();
  const {
    store,
    blobs,
    bus,
    continuations,
    recipes,
    tenants,
    checkStore,
    audit,
    eraser,
    ready,
    metrics,
  } = worker;
  const http = new SidecarHttp(options.worker.daprHttpPort);
  const readRows = readAcross(http, apiConfig.stateComponent, tenants);
  const api = await serveApi(
    {
      identity,
      store,
      readRows,
      blobs,
      bus,
      // A broker hands each message to one of several processes.
      busIsWhole: options.worker.pubsubComponent === '',
      continuations,
      topics: continuations,
      recipes,
      tenants,
      checkStore,
      audit,
      eraser,
      ...(warehouse ? { readModel: warehouse } : {}),
      adminTenant: apiConfig.adminTenant,
      corsOrigins: apiConfig.corsOrigins,
      registeredOnly: apiConfig.registeredOnly,
      region: apiConfig.region,
      statusPage: apiConfig.statusPage,
      ready: async () => [...(await ready()), ...(await identityReady())],
      // Anybody reads it there: what names tenants is on the app port alone.
      metrics: () => metrics({ withoutLabel: 'tenant' }),
      observability: options.metrics.observability,
      log,
      ...(tracing ? { tracing } : {}),
    },
    { host: apiConfig.host, port: apiConfig.port },
  );
  log.info({ url: api.url }, 'the API listens');
  return async () => {
    await api.close();
    await http.close();
    // It reads by the worker's sidecar.
    await warehouse?.stop();
    await worker.close();
    await Promise.all([tracing?.close(), options.metrics.close()]);
  };
}
