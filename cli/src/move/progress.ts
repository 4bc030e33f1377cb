const ON_A_TERMINAL_MS = 200;
const IN_A_LOG_MS = 10_000;

/** Says on standard error how far long work is: on a terminal in one line that changes, elsewhere in a line now and then. */
export class Progress {
  readonly #stream: NodeJS.WriteStream | undefined;
  readonly #everyMs: number;
  #saidAtMs = performance.now();
  #isShown = false;

  /** @param stream undefined: says nothing. */
  constructor(stream: NodeJS.WriteStream | undefined) {
    this.#stream = stream;
    this.#everyMs = stream?.isTTY ? ON_A_TERMINAL_MS : IN_A_LOG_MS;
  }

  /** @param text made only when it is its time. */
  update(text: () => string): void {
    const nowMs = performance.now();
    if (!this.#stream || nowMs - this.#saidAtMs < this.#everyMs) return;
    this.#saidAtMs = nowMs;
    this.#isShown = this.#stream.isTTY;
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[K${text()}` : `${text()}\n`);
  }

  /** Makes place for a result. */
  clear(): void {
    if (this.#isShown) this.#stream?.write('\r\u001b[K');
    this.#isShown = false;
  }
}
