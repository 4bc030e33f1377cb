/** Anything that was started and has to be stopped. */
interface Stoppable {
  stop(): Promise<unknown>;
}

type Started<P extends readonly Promise<Stoppable>[]> = {
  readonly [I in keyof P]: Awaited<P[I]>;
};

/**
 * Waits for servers that are being started, then does what needs all of them. When one of them does not start, or what
 * needs them fails, those that did start are stopped; only then the error goes on.
 */
export async function allOrNone<P extends readonly Promise<Stoppable>[] | [], R>(
  starting: P,
  use: (servers: Started<P>) => R | Promise<R>,
): Promise<R> {
  const outcomes = await Promise.allSettled<Stoppable>(starting);
  const started = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    const failed = outcomes.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return await use(started as Started<P>);
  } catch (error) {
    await Promise.allSettled(started.map(async (server) => await server.stop()));
    throw error;
  }
}
