import { freePorts, ManagedProcess } from '@maestro/infra-dapr';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** One sample of an answer, or the last one of a series. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus of our own that scrapes once a second. */
export interface Prometheus {
  /** What a query gives now. */
  query(expr: string): Promise<readonly Sample[]>;
  /** A page of its API, as it is. */
  api(page: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** What is scraped: a job, and where (`host:port/path`). */
export type Targets = Readonly<Record<string, readonly string[]>>;

/** Starts it and waits until it answers. */
export async function startPrometheus(
  dataDir: string,
  targets: Targets,
  ruleFiles: readonly string[],
): Promise<Prometheus> {
  const folder = path.join(dataDir, 'prometheus');
  await mkdir(folder, { recursive: true });
  const configFile = path.join(folder, 'prometheus.json');
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify(configOf(targets, ruleFiles)));
  const [port = 0] = await freePorts(1);
  const prometheus = ManagedProcess.spawn({
    name: 'prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    env: { PATH: process.env['PATH'] ?? '' },
    cwd: folder,
    logFile: path.join(dataDir, 'logs', 'prometheus.log'),
  });
  const api = async (page: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${page}`);
    const { status, data, error } = (await answer.json()) as {
      readonly status: string;
      readonly data?: unknown;
      readonly error?: string;
    };
    if (status !== 'success') throw new Error(`${decodeURIComponent(page)}: ${error}`);
    return data;
  };
  const deadline = performance.now() + 20_000;
  while (!(await api('status/buildinfo').catch(() => undefined))) {
    if (performance.now() > deadline || !prometheus.running) {
      await prometheus.kill9();
      throw new Error(`prometheus does not answer: see ${prometheus.logFile}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    api,
    query: async (expr) => {
      const { result } = (await api(`query?query=${encodeURIComponent(expr)}`)) as {
        readonly result: readonly {
          readonly metric: Record<string, string>;
          readonly value: readonly [number, string];
        }[];
      };
      return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
    },
    stop: async () => void (await prometheus.stop(5_000)),
  };
}

function configOf(targets: Targets, ruleFiles: readonly string[]): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    scrape_configs: Object.entries(targets).map(([job, urls]) => ({
      job_name: job,
      metrics_path: job === 'daprd' ? '/' : '/metrics',
      static_configs: [{ targets: urls }],
    })),
  };
}
