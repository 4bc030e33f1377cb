/** A source of pseudo-random choices: the same seed gives the same ones. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  /** As many decimal digits as asked for. */
  digits(count: number): string;
  /** A text after a pattern: `#` is a digit, `^` a capital letter, `~` a lower-case hex digit. */
  fill(pattern: string): string;
}

/** Mulberry32 by Tommy Ettinger (public domain): 32 bits of state, good enough for samples. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (least: number, most: number): number =>
    least + Math.floor(next() * (most - least + 1));
  const pick = <T>(list: readonly T[]): T => list[int(0, list.length - 1)]!;
  const digits = (count: number): string => Array.from({ length: count }, () => int(0, 9)).join('');
  return {
    int,
    pick,
    digits,
    fill: (pattern) =>
      Array.from(pattern)
        .map((character) => {
          if (character === '#') return digits(1);
          if (character === '^') return String.fromCharCode(int(65, 90));
          return character === '~' ? int(0, 15).toString(16) : character;
        })
        .join(''),
  };
}
