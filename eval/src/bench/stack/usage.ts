import type { ManagedProcess } from '@maestro/infra-dapr';
import { rounded } from '../load/statistics.ts';

/** What a process is in the stack, whatever its app id. */
export type Role = string;

/** CPU time used by each role so far, in ms. */
export type CpuSnapshot = Readonly<Record<Role, number>>;

/** CPU per unit of work and memory, by role. */
export interface Usage {
  /** CPU time in ms per unit, by role, and the sum of all servers and the worker. */
  readonly cpuMsEach: Readonly<Record<Role, number>>;
  readonly cpuMsEachTotal: number;
  /** CPU time of this process, the client, in ms per unit; not in the total. */
  readonly clientCpuMsEach: number;
  readonly rssMb: Readonly<Record<Role, number>>;
  readonly pssMb: Readonly<Record<Role, number>>;
}

const SERVERS = ['placement', 'scheduler', 'postgres', 'redis'];
/** What stands in for the services of a cloud. */
const EMULATORS = ['cosmos', 'servicebus', 'azurite', 'dynamodb', 'moto'];

function roleOf({ name }: ManagedProcess): Role {
  if (name.startsWith('daprd')) return 'daprd';
  if (EMULATORS.includes(name)) return 'emulators';
  return SERVERS.includes(name) ? name : 'worker';
}

function sumByRole(
  processes: readonly ManagedProcess[],
  measure: (process: ManagedProcess) => number,
): Record<Role, number> {
  const sums: Record<Role, number> = {};
  for (const process of processes) {
    const role = roleOf(process);
    sums[role] = (sums[role] ?? 0) + measure(process);
  }
  return sums;
}

/** Reads the CPU time of all processes, and of this one as `client`. */
export function cpuSnapshot(processes: readonly ManagedProcess[]): CpuSnapshot {
  const { user, system } = process.cpuUsage();
  return {
    ...sumByRole(processes, (each) => each.cpuMs()),
    client: (user + system) / 1000,
  };
}

/** What was used since `before`, per unit of work. */
export function usageSince(
  before: CpuSnapshot,
  processes: readonly ManagedProcess[],
  units: number,
): Usage {
  const after = cpuSnapshot(processes);
  const each = Object.fromEntries(
    Object.entries(after).map(([role, cpuMs]) => [role, (cpuMs - (before[role] ?? 0)) / units]),
  );
  const { client = 0, ...servers } = each;
  const memory = (part: 'rssMb' | 'pssMb'): Record<Role, number> =>
    mapValues(
      sumByRole(processes, (one) => one.memory()[part]),
      (megabytes) => Math.round(megabytes),
    );
  return {
    cpuMsEach: mapValues(servers, (cpuMs) => rounded(cpuMs, 2)),
    cpuMsEachTotal: rounded(
      Object.values(servers).reduce((sum, cpuMs) => sum + cpuMs, 0),
      2,
    ),
    clientCpuMsEach: rounded(client, 2),
    rssMb: memory('rssMb'),
    pssMb: memory('pssMb'),
  };
}

function mapValues(
  record: Readonly<Record<string, number>>,
  map: (value: number) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
