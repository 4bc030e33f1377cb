import { badRequest } from '../cosmos-error.ts';
import { tokensOf, type Token } from './tokens.ts';

/** Walks over the tokens of a query. */
export class TokenReader {
  readonly #query: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(query: string) {
    this.#query = query;
    this.#tokens = tokensOf(query);
  }

  /** The token that comes next. */
  get next(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', start: 0, end: 0 };
  }

  /** Where the last token that was taken ended. */
  get position(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0;
  }

  /** The query's text from a place up to the last token that was taken. */
  textFrom(start: number): string {
    return this.#query.slice(start, this.position);
  }

  take(): Token {
    const token = this.next;
    this.#index += 1;
    return token;
  }

  /** Takes the next token if it is this keyword, in whatever case, or this sign. */
  accept(text: string): boolean {
    const { kind, text: found } = this.next;
    if ((kind !== 'word' && kind !== 'sign') || found.toUpperCase() !== text) return false;
    this.#index += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`'${text}'`);
  }

  expectKind(kind: Token['kind'], what: string): string {
    if (this.next.kind !== kind) throw this.unexpected(what);
    return this.take().text;
  }

  /** The 400 for the next token. */
  unexpected(wanted: string): Error {
    const { kind, text } = this.next;
    const found = kind === 'end' ? 'the end' : `'${text}'`;
    return badRequest(
      `Syntax error, or not supported by this emulator: expected ${wanted}, found ${found} in: ${this.#query}`,
    );
  }
}
