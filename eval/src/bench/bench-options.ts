import { COMPONENT_SETS, type ComponentSetName } from '@maestro/infra-dapr';
import { fileURLToPath } from 'node:url';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** The benchmarks. */
export const WORKLOADS = [
  'append',
  'lifecycle',
  'signal',
  'wake',
  'wakes-by',
  'stream',
  'fork',
  'list',
  'ingest',
  'redaction',
  'api',
] as const;
export type Workload = (typeof WORKLOADS)[number];

/** A shipped component set. */
export type ComponentSet = ComponentSetName;

const VIAS = ['api', 'actors'] as const;
/**
 * How clients reach continuations: the public API of the standalone service, or actor calls to a worker; `prototype` is
 * no continuation but the least that could be one, for comparison.
 */
export type Via = (typeof VIAS)[number] | 'prototype';

/** What to measure. */
export interface BenchOptions {
  readonly only: readonly Workload[];
  readonly components: readonly ComponentSet[];
  readonly via: Via;
  /** Continuations in a run of lifecycle, signal and wake. */
  readonly n: number;
  readonly runs: number;
  readonly appendSeconds: number;
  /** Clients at a time, and for how long, of api. */
  readonly clients: number;
  readonly apiSeconds: number;
  /** Sleepers in the large wake run; 0 leaves it out. */
  readonly manySleepers: number;
  /** Whether each lifecycle run is followed by one of the prototype. */
  readonly prototype: boolean;
  /** Whether events go to the broker of the component set; otherwise they stay in the process. */
  readonly broker: boolean;
  readonly quick: boolean;
  readonly profile: boolean;
  /** Keeps the data and logs of the runs. */
  readonly keep: boolean;
  readonly out: string;
  /** Holds data, logs and results. */
  readonly workFolder: string;
  /** The checkout. */
  readonly root: string;
}

/** Help text of `npm run bench`. */
export const USAGE = `npm run bench -- [options]
  --only a,b         of ${WORKLOADS.join(', ')}; all
  --components a,b   of ${COMPONENT_SETS.join(', ')}; local
  --via WAY          api (standalone service) or actors (actor calls to a worker); api
  --prototype        after each lifecycle the same by the bare pattern: reminder, then one transaction; nothing else
  --broker           publish on the component set's own broker (not local)
  --n N              continuations in a run; 1000 (signal, wakes-by: at most 500)
  --runs N           runs of each; 5
  --clients N        clients at a time of api; 64 (quick: 8)
  --seconds N        how long api takes; 60 (quick: 5)
  --quick            one short run of everything
  --profile          CPU profiles of worker and daprd during one run of lifecycle, or of --only stream
  --keep             keeps data and logs
  stream             10,000 subscriptions, 1,000 items/s for 30 s (quick: 500; 100 items/s for 5 s)
  fork               50 forks each of logs of 100, 1,000 and 10,000 events (quick: 10; no 10,000)
  list               200 lists each of 100,000 continuations (quick: 20; 2,000), in DuckDB or, on postgres, PostgreSQL
  ingest             10,000 events at 1,000/s into DuckDB and PostgreSQL, over a broker (not local), without and with
                     kill -9 of the warehouse, twice, and of its sidecar (quick: 1,000 events at 200/s)
  redaction          20,000 events of each sort, 200 of large ones (quick: a tenth); needs no stack
  api                a mixed load of clients and 8 followers on all routes; exits with 1 when one call is refused or fails
                     times in ms, rates per second, CPU in ms per event, life, signal, wake, item or call
  --out FILE         results as JSON; .maestro/bench/bench-<time>.json
`;

function listOf<T extends string>(text: string, allowed: readonly T[], flag: string): readonly T[] {
  const parts = text.split(',').filter((part) => part !== '');
  return parts.map((part) => {
    const found = allowed.find((one) => one === part);
    if (found === undefined) {
      throw new Error(`--${flag}: '${part}' is none of ${allowed.join(', ')}`);
    }
    return found;
  });
}

function count(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${flag}: a whole number from 1`);
  return value;
}

/**
 * Reads the command line.
 *
 * @returns undefined when only help was asked for.
 * @throws Error naming the option that is wrong.
 */
export function readBenchOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      components: { type: 'string', default: 'local' },
      via: { type: 'string', default: 'api' },
      n: { type: 'string' },
      runs: { type: 'string' },
      clients: { type: 'string' },
      seconds: { type: 'string' },
      prototype: { type: 'boolean', default: false },
      broker: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const workFolder = join(root, '.maestro', 'bench');
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  const { quick, profile } = values;
  const [via = 'api'] = listOf(values.via, VIAS, 'via');
  return {
    only: listOf(values.only ?? (profile ? 'lifecycle' : WORKLOADS.join(',')), WORKLOADS, 'only'),
    components: listOf(values.components, COMPONENT_SETS, 'components'),
    via,
    n: count(values.n ?? (quick ? '200' : '1000'), 'n'),
    runs: profile ? 1 : count(values.runs ?? (quick ? '1' : '5'), 'runs'),
    appendSeconds: quick ? 5 : 20,
    clients: count(values.clients ?? (quick ? '8' : '64'), 'clients'),
    apiSeconds: count(values.seconds ?? (quick ? '5' : '60'), 'seconds'),
    manySleepers: quick ? 0 : 10_000,
    prototype: values.prototype,
    broker: values.broker,
    quick,
    profile,
    keep: values.keep,
    out: resolve(values.out ?? join(workFolder, `bench-${stamp}.json`)),
    workFolder,
    root,
  };
}
