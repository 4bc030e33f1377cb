/** Digits that stand close together: six or more, with at most three other characters, and no end of a line, between two. */
export interface NumberStretch {
  readonly digits: number;
  /** The digits with what stands right beside them, enough for all that an expression looks at. */
  readonly window: string;
  /** Where the window begins in the text. */
  readonly from: number;
}

const STRETCH = /\d(?:[^\d\n]{0,3}\d){5,}/g;

/** What a window has on either side: a prefix of three characters, a letter behind a space, and what may not stand beside these. */
const MARGIN = 8;

const NONE: readonly NumberStretch[] = [];

/**
 * Where in a text numbers are that can identify somebody, in order. However such a number is grouped, it lies in one of them:
 * expressions need not be tried anywhere else.
 */
export function numberStretches(text: string): readonly NumberStretch[] {
  STRETCH.lastIndex = 0;
  let match = STRETCH.exec(text);
  if (!match) return NONE;
  const stretches: NumberStretch[] = [];
  for (; match; match = STRETCH.exec(text)) {
    const { index } = match;
    const from = Math.max(0, index - MARGIN);
    const window = text.slice(from, index + match[0].length + MARGIN);
    stretches.push({ digits: countDigits(match[0]), from, window });
  }
  return stretches;
}

function countDigits(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) count++;
  }
  return count;
}
