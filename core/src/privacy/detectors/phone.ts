import { isInternationalNumber } from './calling-codes.ts';
import {
  digitsOf,
  matchesIn,
  type Detector,
  type Searched,
  type Span,
  wordsBefore,
} from './detector.ts';

/** What stands between two digits: one separator, or a parenthesis with a space or a hyphen. */
const ONE = '[ \\u00a0\\u2009\\u202f.\\-\\u2010\\u2011/]';
const GAP = `(?:${ONE}?\\(|\\)${ONE}?| / |${ONE})`;

/** `+49 30 1234567`, `+44 (0)20 7946 0958`. */
const WITH_PLUS = new RegExp(
  `(?<![\\w+])\\+ ?\\(?\\d(?:${GAP}?\\d|\\(0\\)${ONE}?\\d|${ONE}\\(0\\)${ONE}?\\d){6,15}(?!\\w)`,
  'g',
);

const LAST_GROUP = new RegExp(`${GAP}+\\d+$`);

/** `(212) 555-0123`: a form that nothing else has. */
const IN_PARENTHESES = /(?<![\w-])(?:1[ -])?\(([2-9]\d{2})\) ?([2-9]\d{2})[ .-](\d{4})(?![\w-])/g;

/** Digits, in groups or not; only a word before it makes a phone number of it. */
const GROUPED = new RegExp(
  `(?<![\\w.,+/\\-])(?:\\(?\\d{1,8}(?:${GAP}\\d{1,10}){1,6}|\\d{8,13})(?!\\w|${GAP}?\\d)`,
  'g',
);

const NOUNS =
  '(?:tel|tél|phone|telephone|mobil|mobile|móvil|movil|handy|fax|whatsapp|sms|hotline|portable|cellulare|gsm|' +
  'rückruf|rufnummer|durchwahl|telefoon|telefon|teléfono|telefono|téléphone|тел|телефон|mob)\\p{L}{0,10}';
const VERBS =
  '(?:call|dial|ring|appelez|appeler|llame|llamar|chiamare|anrufen|bellen)(?: (?:me|us|her|him|at|on|le|la|al|el|il))*';

/** A word that announces a phone number, with what may stand between the two. */
const PHONE_WORD = new RegExp(
  `(?<!\\p{L})(?:${NOUNS}(?!\\p{L})[^\\d\\]\\n]{0,20}|${VERBS}[^\\p{L}\\d\\]\\n]{0,6}|cell: ?)$`,
  'iu',
);

/** The same right before the number: then also digits without gaps are one. */
const PHONE_LABEL = new RegExp(`(?<!\\p{L})${NOUNS}(?!\\p{L})[^\\p{L}\\d\\]\\n]{0,4}$`, 'iu');

const DATE = /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})(?!\d)/;

/** What may stand between two numbers of which the first was announced. */
const NEXT_NUMBER = /^[\s,;/|&]*(?:or|and|oder|und|ou|et|o|y|e|of|en)?[\s,;/|&]*$/iu;

/**
 * Phone numbers: with a plus, by calling codes and lengths of E.164; in North American form with parentheses; and in
 * national forms where a word, in one of some languages, or the name of the member says that it is one.
 */
export const phoneDetector: Detector = {
  kind: 'phone',
  find: (searched) => {
    const spans: Span[] = [];
    for (const stretch of searched.numbers) {
      const { window } = stretch;
      for (const match of window.includes('+') ? matchesIn(WITH_PLUS, stretch) : []) {
        const number = numberIn(match.text, () => isAnnounced(searched, match.start));
        if (number) spans.push({ start: match.start, end: match.start + number.length });
      }
      for (const match of window.includes('(') ? matchesIn(IN_PARENTHESES, stretch) : []) {
        spans.push(match);
      }
    }
    return [...spans, ...announcedNumbers(searched)];
  },
};

function isAnnounced(searched: Searched, start: number): boolean {
  return PHONE_WORD.test(wordsBefore(searched, start));
}

/** The number that a text begins with: the last groups may be of another one, or of a date. */
function numberIn(text: string, isAnnouncedHere: () => boolean): string | undefined {
  for (let rest = text; ; rest = rest.replace(LAST_GROUP, '')) {
    // The trunk zero that people write in parentheses is no part of the number.
    if (isInternationalNumber(digitsOf(rest.replace(/\( ?0 ?\)/, '')))) {
      // One dot and no other gap is how decimals are written, and domain registries write phone numbers.
      return !/^\+\d{1,3}\.\d+$/.test(rest) || isAnnouncedHere() ? rest : undefined;
    }
    if (!LAST_GROUP.test(rest)) break;
  }
  // Who says that it is one need not know how long it has to be.
  return digitsOf(text).length <= 15 && isAnnouncedHere() ? text : undefined;
}

function announcedNumbers(searched: Searched): readonly Span[] {
  const spans: Span[] = [];
  let last: Span | undefined;
  for (const stretch of searched.numbers) {
    if (stretch.digits < FEWEST_NATIONAL) continue;
    for (const match of matchesIn(GROUPED, stretch)) {
      if (!isNational(match.text)) continue;
      const follows =
        last !== undefined &&
        match.start - last.end <= 10 &&
        NEXT_NUMBER.test(searched.text.slice(last.end, match.start));
      const isPlain = /^[1-9]\d*$/.test(match.text);
      if (!follows && !isAnnounced(searched, match.start)) continue;
      if (isPlain && !PHONE_LABEL.test(wordsBefore(searched, match.start))) continue;
      spans.push(match);
      last = match;
    }
  }
  return spans;
}

/** Digits of the shortest number within a country. */
const FEWEST_NATIONAL = 8;

/** Whether some digits in groups can be a number as it is dialled within a country, or with 00 from it. */
function isNational(text: string): boolean {
  if (DATE.test(text) || /^0\.\d/.test(text)) return false;
  const digits = digitsOf(text);
  if (digits.startsWith('00') && isInternationalNumber(digits.slice(2))) return true;
  if (digits.startsWith('0')) return digits.length >= FEWEST_NATIONAL && digits.length <= 13;
  // Without a trunk prefix: decimals and versions have dots, dialled numbers spaces and hyphens.
  if (/^\d+\.\d+$/.test(text)) return false;
  return digits.length >= FEWEST_NATIONAL && digits.length <= 12;
}
