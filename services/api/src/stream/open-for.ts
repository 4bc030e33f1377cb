import type { ServerResponse } from 'node:http';

/** What aborts when the client has left, the server shuts down, or whoever answers calls it off. */
export function openFor(response: ServerResponse, stopping: AbortSignal): AbortController {
  const open = new AbortController();
  const close = (): void => open.abort();
  if (stopping.aborted) close();
  // The server's signal outlives every request, so nothing must stay with it.
  stopping.addEventListener('abort', close);
  response.once('close', () => {
    stopping.removeEventListener('abort', close);
    close();
  });
  return open;
}
