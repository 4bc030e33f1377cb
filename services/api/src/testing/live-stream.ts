import type { ApiHarness } from './api-harness.ts';

/** A live stream and what it has given so far. */
export class LiveStream {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #abort: AbortController;
  text = '';
  ended = false;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    void this.#read();
  }

  static async open(
    { api }: ApiHarness,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<LiveStream> {
    const abort = new AbortController();
    const response = await fetch(`${api.url}${path}`, {
      headers: { authorization: 'Bearer acme:alice', ...headers },
      signal: abort.signal,
    });
    if (response.status !== 200) throw new Error(`no stream: ${await response.text()}`);
    return new LiveStream(response, abort);
  }

  /** Sequences that ids are. */
  get ids(): number[] {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  }

  /** What messages carry. */
  get data(): unknown[] {
    return [...this.text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));
  }

  /** Id of the last message. */
  get lastId(): string | undefined {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
  }

  get events(): string[] {
    return [...this.text.matchAll(/^event: (\w+)$/gm)].map(([, type]) => type!);
  }

  leave(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        this.text += value;
      }
    } catch {
      // Left.
    }
    this.ended = true;
  }
}
