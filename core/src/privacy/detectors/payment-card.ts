import {
  contextBefore,
  digitsOf,
  matchesIn,
  type Detector,
  type Searched,
  type Span,
} from './detector.ts';
import { passesLuhn } from './luhn.ts';

/** What separates groups: one space or hyphen, the same throughout. */
const GAP = '([ \\u00a0\\u202f-])';

const PLAIN = /(?<![\w-]|\d[.,])\d{13,19}(?![\w]|[.,]\d|-\d)/g;
/** 4-4-4-4 and 4-4-4-4-3 */
const FOURS = new RegExp(
  `(?<![\\w-]|\\d[.,])\\d{4}${GAP}\\d{4}\\1\\d{4}\\1\\d{4}(?:\\1\\d{3})?(?!\\w)`,
  'g',
);
/** American Express: 4-6-5. Diners Club: 4-6-4. */
const FOUR_SIX = new RegExp(`(?<![\\w-]|\\d[.,])3\\d{3}${GAP}\\d{6}\\1\\d{4,5}(?!\\w)`, 'g');

/** Any of them, whatever its gaps are: most numbers are of none. */
const ANY_FORM =
  /(?<![\w-]|\d[.,])(?:\d{13,19}|\d{4}[ \u00a0\u202f-]\d{4}[ \u00a0\u202f-]\d{4}[ \u00a0\u202f-]\d{4}|3\d{3}[ \u00a0\u202f-]\d{6}[ \u00a0\u202f-]\d{4})/;

/** First digits and lengths of the schemes, as they publish them (ISO/IEC 7812 issuer ranges). */
const SCHEMES: readonly (readonly [first: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^(?:30[0-5]|36|38|39)/, [14, 15, 16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(?:62|81)/, [16, 17, 18, 19]],
  [/^(?:50|5[678]|63|67)/, [13, 14, 15, 16, 17, 18, 19]],
  [/^220[0-4]/, [16, 17, 18, 19]],
];

const CARD_WORD =
  /(?:card|karte|carte|tarjeta|carta|visa|mastercard|amex|american express|maestro|kaart|kort)[^\d\]]{0,24}$/iu;

/**
 * Numbers of payment cards: 13 to 19 digits, plain or in the groups that are printed on cards, with the first digits and the
 * length of a scheme, and a check digit by Luhn's formula.
 */
export const cardDetector: Detector = {
  kind: 'card',
  find: (searched) => {
    const spans: Span[] = [];
    for (const stretch of searched.numbers) {
      if (stretch.digits < 13 || !ANY_FORM.test(stretch.window)) continue;
      for (const expression of [PLAIN, FOURS, FOUR_SIX]) {
        for (const match of matchesIn(expression, stretch)) {
          const { text, gap } = match;
          if (!isCard(digitsOf(text))) continue;
          if (gap !== undefined && isPartOfTable(searched.text, match, gap)) continue;
          if (gap === undefined && !isPlainCard(text, searched, match.start)) continue;
          spans.push(match);
        }
      }
    }
    return spans;
  },
};

function isCard(digits: string): boolean {
  return (
    SCHEMES.some(([first, lengths]) => lengths.includes(digits.length) && first.test(digits)) &&
    passesLuhn(digits) &&
    // One digit again and again is a placeholder.
    !/^(\d)\1+$/.test(digits)
  );
}

/** More groups of four on either side: a row of numbers, or an IBAN that is none. */
function isPartOfTable(text: string, { start, end }: Span, gap: string): boolean {
  const before = text.slice(Math.max(0, start - 6), start);
  const after = text.slice(end, end + 6);
  return (
    (before.endsWith(gap) && /(?<!\w)(?=\w*\d)\w{4}.$/su.test(before)) ||
    (after.startsWith(gap) && /^.\d{4}(?!\d)/su.test(after))
  );
}

/** Thirteen digits are as likely a GTIN (GS1 General Specifications): then a word has to say that it is a card. */
function isPlainCard(digits: string, searched: Searched, start: number): boolean {
  if (digits.length !== 13) return true;
  const sum = Array.from(digits).reduce(
    (total, digit, n) => total + Number(digit) * (n % 2 ? 3 : 1),
    0,
  );
  return sum % 10 !== 0 || CARD_WORD.test(contextBefore(searched, start));
}
