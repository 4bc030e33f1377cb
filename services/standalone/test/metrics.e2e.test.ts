import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { goalOf, startStandalone, type RunningStandalone } from './support/running-standalone.ts';

/** The part of an `ExportMetricsServiceRequest` in JSON that is looked at. */
interface ExportRequest {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

const sent = new Map<string, unknown>();
const receiver: Server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    if (request.url === '/v1/metrics') {
      const { resourceMetrics } = JSON.parse(text) as ExportRequest;
      for (const { scopeMetrics } of resourceMetrics) {
        for (const { metrics } of scopeMetrics) {
          for (const metric of metrics) sent.set(metric.name, metric);
        }
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});

let running: RunningStandalone;
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve);
  });
  const { port } = receiver.address() as AddressInfo;
  const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-metrics-'));
  running = await startStandalone({
    dataDir,
    env: {
      MAESTRO_STORE: `sqlite:${path.join(dataDir, 'state.db')}`,
      MAESTRO_WAREHOUSE: `duckdb:${path.join(dataDir, 'warehouse.duckdb')}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
    },
  });
});
afterAll(async () => {
  await running?.close();
  receiver.close();
});

it('one process shows what worker and warehouse know, to who scrapes and to who is sent it', async () => {
  await running.client.start(goalOf('noop@1', { sleepMs: 3_600_000 }));
  const appUrl = `http://127.0.0.1:${running.stack.app('maestro').appPort}`;
  const scraped = async (url = appUrl): Promise<string> => (await fetch(`${url}/metrics`)).text();
  await expect
    .poll(() => scraped(), { timeout: 30_000 })
    .toContain('maestro_continuations{status="sleeping"} 1');
  const text = await scraped();
  expect(text).toContain('maestro_activations 1');
  expect(text).toContain('maestro_ticks_total 1');
  expect(text).toContain('maestro_tenant_spent_micro_usd{tenant="other"} 0');
  expect(text).toMatch(/^maestro_warehouse_compared_at_ms \d{13}$/m);
  // The API's port is for everybody: no tenant is named there.
  const open = await scraped(running.baseUrl);
  expect(open).toContain('maestro_continuations{status="sleeping"} 1');
  expect(open).toContain('maestro_ticks_total 1');
  expect(open).not.toMatch(/tenant=|maestro_tenant/);
  await expect
    .poll(() => sent.get('maestro_continuations'), { timeout: 10_000 })
    .toMatchObject({
      gauge: {
        dataPoints: expect.arrayContaining([
          expect.objectContaining({
            asDouble: 1,
            attributes: [{ key: 'status', value: { stringValue: 'sleeping' } }],
          }),
        ]) as unknown,
      },
    });
  expect(sent.get('maestro_ticks_total')).toMatchObject({ sum: { dataPoints: [{ asDouble: 1 }] } });
  expect(sent.get('maestro_tick_ms')).toMatchObject({
    histogram: { dataPoints: [{ count: 1 }] },
  });
});
