/** One message of a stream. */
export interface ServerSentEvent {
  /** `message` unless the server said otherwise. */
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/**
 * Reads the messages of a `text/event-stream` body, in order. Comments only keep it awake.
 *
 * @param onBytes called with whatever arrives, so that a silent connection can be told from a quiet one.
 */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => undefined,
): AsyncGenerator<ServerSentEvent, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let lines: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      rest += decoder.decode(value, { stream: true });
      const complete = rest.split(/\r\n|\n|\r(?!$)/);
      rest = complete.pop() ?? '';
      for (const line of complete) {
        if (line !== '') {
          lines.push(line);
          continue;
        }
        const message = messageOf(lines);
        lines = [];
        if (message) yield message;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function messageOf(lines: readonly string[]): ServerSentEvent | undefined {
  const data: string[] = [];
  let event = 'message';
  let id: string | undefined;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id') id = value;
  }
  if (data.length === 0) return undefined;
  return { event, data: data.join('\n'), ...(id === undefined ? {} : { id }) };
}
