import type { ForkRequestInput, MaestroClient } from '@maestro/client';

/** What the command line says about a fork. */
export interface ForkOptions {
  /** Sequence of the event to fork from. */
  readonly from?: number;
  /** How many children, all alike. */
  readonly count: number;
  readonly objective?: string;
  /** Parameters of the recipe that are other in the children. */
  readonly param?: Readonly<Record<string, unknown>>;
  /** What each child may spend, in US dollars. */
  readonly budget?: number;
}

/** The request for a fork. The API takes parameters as a whole, so those that stay are asked for first. */
export async function forkRequestFrom(
  id: string,
  { from, count, objective, param, budget }: ForkOptions,
  client: Pick<MaestroClient, 'get'>,
  signal: AbortSignal,
): Promise<ForkRequestInput> {
  const child = {
    ...(objective === undefined ? {} : { objective }),
    ...(param === undefined
      ? {}
      : { parameters: { ...(await client.get(id, { signal })).goal.parameters, ...param } }),
    ...(budget === undefined ? {} : { budget: { capUsd: budget } }),
  };
  // Sent as it is: the API checks it, and names each place that is wrong.
  return {
    ...(from === undefined ? {} : { from }),
    children: Array.from({ length: count }, () => child),
  };
}
