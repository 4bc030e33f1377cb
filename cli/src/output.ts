import { styleText } from 'node:util';

/** A style of a word: what it means, not how it looks. */
export type Tone = 'good' | 'bad' | 'busy' | 'quiet' | 'strong';

const LOOKS = {
  good: 'green',
  bad: 'red',
  busy: 'yellow',
  quiet: 'gray',
  strong: 'bold',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** Where results go: text for people, JSON for programs. */
export class Output {
  readonly json: boolean;
  readonly #colours: boolean;
  readonly #write: (text: string) => void;

  constructor(options: {
    readonly json: boolean;
    readonly colours?: boolean;
    readonly write?: (text: string) => void;
  }) {
    this.json = options.json;
    this.#colours =
      options.colours ??
      (process.stdout.isTTY && process.env['NO_COLOR'] === undefined && !options.json);
    this.#write = options.write ?? ((text) => process.stdout.write(text));
  }

  /** A result: the value as one line of JSON, or the lines. */
  result(value: unknown, lines: () => readonly string[]): void {
    if (this.json) this.#write(`${JSON.stringify(value)}\n`);
    else for (const line of lines()) this.#write(`${line}\n`);
  }

  /** A line for people on the way to a result; programs do not get it. */
  note(line: string): void {
    if (!this.json) this.#write(`${line}\n`);
  }

  /** A word in the look of its meaning, on a terminal. */
  tone(tone: Tone, text: string): string {
    return this.#colours ? styleText(LOOKS[tone], text, { validateStream: false }) : text;
  }
}
