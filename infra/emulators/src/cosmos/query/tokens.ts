import { badRequest } from '../cosmos-error.ts';

/** A part of a query's text. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'parameter' | 'sign' | 'end';
  /** Words as written; strings without quotes and escapes. */
  readonly text: string;
  /** Where it begins and ends in the query. */
  readonly start: number;
  readonly end: number;
}

const PATTERN =
  /\s*(?:(?<word>[A-Za-z_]\w*)|(?<parameter>@\w+)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<sign><=|>=|<>|!=|[-=<>()[\]{},.:*])|(?<end>$))/y;

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unquoted(literal: string): string {
  return literal
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, plain: string) =>
      code === undefined ? (ESCAPES[plain] ?? plain) : String.fromCharCode(parseInt(code, 16)),
    );
}

/** Splits a query; throws a 400 at what no query of this emulator can hold. */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  for (;;) {
    const from = PATTERN.lastIndex;
    const groups = PATTERN.exec(query)?.groups;
    if (!groups)
      throw badRequest(
        `Syntax error, or not supported by this emulator, near '${query.slice(from, from + 20)}'`,
      );
    const [kind, text = ''] = Object.entries(groups).find(([, value]) => value !== undefined) ?? [
      'end',
    ];
    const end = PATTERN.lastIndex;
    tokens.push({
      kind: kind as Token['kind'],
      text: kind === 'string' ? unquoted(text) : text,
      start: end - text.length,
      end,
    });
    if (kind === 'end') return tokens;
  }
}
