import { join } from 'node:path';
import { componentSet } from '../launch/component-set.ts';
import { writeOverlaid, type Overlay } from '../launch/overlay.ts';
import { startAwsBackends } from './aws-backends.ts';
import { startAzureBackends, type ServiceBusTopics } from './azure-backends.ts';
import { startPostgresBackends } from './backends.ts';
import type { RestartableServer } from './http-server-process.ts';
import type { ServerOptions } from './postgres.ts';
import type { FaultProxy } from './fault-proxy.ts';

/** The shipped component sets. */
export const COMPONENT_SETS = ['local', 'postgres', 'azure', 'aws'] as const;
export type ComponentSetName = (typeof COMPONENT_SETS)[number];

/** The servers behind a component set. */
export interface SetBackends {
  /** By what they serve; a test may stop, freeze and restart them. */
  readonly servers: Readonly<Partial<Record<'state' | 'pubsub' | 'blobs', RestartableServer>>>;
  /** What the components refer to by `envRef`. */
  readonly env: Readonly<Record<string, string>>;
  /** What has to be changed in the shipped components to reach these servers. */
  readonly overlay: Overlay;
  /** Has the state store refuse for a while, as one over its throughput does, and counts; where it can be told to. */
  readonly throttling?: Pick<FaultProxy, 'throttle' | 'refused'>;
  /** Has the state store go away for so long, in ms, and come back with all that it had acknowledged; resolves then. */
  readonly outage?: (ms: number) => Promise<void>;
  /** What stands in for the cloud's services, in words; absent when these are the real ones. */
  readonly emulated?: string;
  stop(): Promise<void>;
}

/** Options of {@link startSetBackends}. */
export interface SetBackendsOptions extends ServerOptions {
  /** Where topics have to be made beforehand (Service Bus). */
  readonly serviceBus?: ServiceBusTopics;
  /** Whether the state store has to be able to throttle and to go away, which may cost it a hop. @default false */
  readonly faults?: boolean;
}

/** Whether `MAESTRO_ACCOUNTS` has a set run on real accounts. */
export function runsOnAccount(set: ComponentSetName): boolean {
  return (process.env['MAESTRO_ACCOUNTS'] ?? '').split(',').includes(set);
}

const NONE: SetBackends = { servers: {}, env: {}, overlay: {}, stop: async () => undefined };

/**
 * Starts what a component set needs on this machine. A set that `MAESTRO_ACCOUNTS` names (`azure,aws`) runs on real
 * accounts instead: nothing is started, and the variables that its components refer to have to be set.
 *
 * @throws Error that says which server cannot run here, and why.
 */
export async function startSetBackends(
  set: ComponentSetName,
  options: SetBackendsOptions,
): Promise<SetBackends> {
  if (runsOnAccount(set)) return NONE;
  switch (set) {
    case 'local':
      return NONE;
    case 'postgres':
      return startPostgresBackends(options);
    case 'azure':
      return startAzureBackends({
        ...options,
        serviceBus: options.serviceBus ?? { topics: [], subscriptions: [] },
      });
    case 'aws':
      return startAwsBackends(options);
  }
}

/** The folder of resources for a set with these backends: the shipped one, or a changed copy in `dataDir`. */
export function setFolder(
  set: ComponentSetName,
  { overlay }: Pick<SetBackends, 'overlay'>,
  dataDir: string,
): string {
  const { folder } = componentSet(set);
  if (Object.keys(overlay).length === 0) return folder;
  const copy = join(dataDir, 'components', set);
  writeOverlaid(folder, overlay, copy);
  return copy;
}
