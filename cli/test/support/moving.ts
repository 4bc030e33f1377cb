import { LogVerifier, MaestroError, upcast, type StoredEvent } from '@maestro/core';
import { maestroAt, type Place } from './place.ts';

/** One line of `--json`. */
export type JsonLine = Readonly<Record<string, unknown>>;

/** The JSON lines of a command that ended well. @throws Error when it did not. */
export async function jsonLines(
  place: Pick<Place, 'baseUrl' | 'token'>,
  ...words: readonly string[]
): Promise<readonly JsonLine[]> {
  const { code, out, error } = await maestroAt(place, ...words, '--json');
  if (code !== 0) throw new Error(`maestro ${words.join(' ')} ended with ${code}: ${out}${error}`);
  return linesOf(out);
}

/** The JSON lines of a text. */
export function linesOf(text: string): readonly JsonLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonLine);
}

/**
 * Moves a continuation: sealed and exported at one place, verified offline, imported and unsealed at the other.
 *
 * @returns the hash of the chain that both have.
 */
export async function moveContinuation(
  from: Place,
  to: Place,
  id: string,
  file: string,
): Promise<{ readonly sequence: number; readonly hash: string }> {
  const [exported] = await jsonLines(from, 'export', id, '--seal', '--out', file);
  const [verified] = await jsonLines(to, 'verify', '--file', file);
  const [imported] = await jsonLines(to, 'import', file, '--unseal');
  if (exported?.['hash'] !== verified?.['hash'] || imported?.['outcome'] !== 'imported') {
    throw new Error(`${id} was not moved: ${JSON.stringify({ exported, verified, imported })}`);
  }
  return { sequence: Number(exported?.['sequence']), hash: String(exported?.['hash']) };
}

/** The whole log, verified and compared with the head. @throws Error at the first fault. */
export async function verifiedLog(
  { client, tenant }: Place,
  id: string,
): Promise<readonly StoredEvent[]> {
  const verifier = new LogVerifier({ tenant, id });
  const events: StoredEvent[] = [];
  for await (const event of client.allEvents(id)) {
    const fault = verifier.add(event);
    if (fault) throw new Error(`event ${fault.sequence} of ${id}: ${fault.message}`);
    events.push(event);
  }
  const { headRow } = await client.events(id, { limit: 1, includeHead: true });
  if (headRow !== verifier.head) throw new Error(`the log of ${id} does not fold to its head`);
  return events;
}

/** Waits until a continuation is in a status. */
export async function waitForStatus(
  { client }: Place,
  id: string,
  status: string,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const view = await client.get(id);
    if (view.status === status) return;
    if (performance.now() > deadline) {
      throw new Error(`${id} is ${view.status}, not ${status}, after ${withinMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The code that a signal is refused with; undefined when it is taken. */
export async function signalRefusal(
  { client }: Place,
  id: string,
  signal: string,
): Promise<string | undefined> {
  try {
    await client.signal(id, signal);
    return undefined;
  } catch (error) {
    return MaestroError.from(error).code;
  }
}

/** When sleeps ended by the clock, in ms since the epoch. */
export function timerWakes(events: readonly StoredEvent[]): readonly number[] {
  return events
    .map((event) => upcast(event))
    .flatMap(({ type, payload, at }) =>
      type === 'wake' && payload.cause.kind === 'timer' ? [Date.parse(at)] : [],
    );
}
