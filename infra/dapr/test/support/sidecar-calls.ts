import { setTimeout as delay } from 'node:timers/promises';

/** Calls a method of an Echo actor through a sidecar. */
export async function callActor(
  daprPort: number,
  actorId: string,
  method: string,
  input?: unknown,
): Promise<Record<string, unknown>> {
  const url = `http://127.0.0.1:${daprPort}/v1.0/actors/Echo/${actorId}/method/${method}`;
  const answer = await fetch(url, {
    method: 'PUT',
    ...(input !== undefined && { body: JSON.stringify(input) }),
    signal: AbortSignal.timeout(5_000),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${method} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** Tries until the assertion holds or the time is over; then its last failure is thrown. */
export async function eventually(assertion: () => Promise<void>, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await delay(250);
  }
}
