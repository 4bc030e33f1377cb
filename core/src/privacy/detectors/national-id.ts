import {
  digitsOf,
  GAP,
  matchesIn,
  matchesOf,
  type Detector,
  type Searched,
  type Span,
  wordsBefore,
} from './detector.ts';
import type { NumberStretch } from './number-stretch.ts';
import {
  isBsn,
  isCodiceFiscale,
  isDni,
  isNino,
  isNir,
  isPersonnummer,
  isSsn,
  isSteuerId,
} from './national-id-rules.ts';

/** How one country's number is written, and how it is told from other numbers. */
interface Form {
  /** An expression, in which `<gap>` is a gap and `<same>` is the same one again. */
  readonly pattern: string;
  readonly fewestDigits: number;
  readonly isValid: (compact: string) => boolean;
  /** A word that has to stand before it, where its form alone does not tell. */
  readonly after?: RegExp;
}

/** Not in the middle of a word, of a decimal, of a longer number with hyphens, or of a variant (`g.47692574G>A`, HGVS). */
const BEFORE = '\\b(?<!-|\\d[.,]|[cgmn]\\.)';
const AFTER = '(?!\\w|[-.,]\\d|>)';
const ANY_GAP = `[${GAP}]`;

function written(pattern: string, flags: string): RegExp {
  return new RegExp(`${BEFORE}(?:${pattern})${AFTER}`, flags);
}

function word(words: string): RegExp {
  return new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})[^\\d\\]\\n]{0,24}$`, 'iu');
}

const SSN_WORD = word('ssn|social security(?: number| no| nr| card)?|itin|tin');
const BSN_WORD = word('bsn|bsn nummer|burgerservicenummer|sofinummer|sofi nummer');

const FORMS: readonly Form[] = [
  { pattern: '\\d{3}-\\d{2}-\\d{4}', fewestDigits: 9, isValid: isSsn },
  {
    pattern: '\\d{3}[ \\u00a0]?\\d{2}[ \\u00a0]?\\d{4}',
    fewestDigits: 9,
    isValid: isSsn,
    after: SSN_WORD,
  },
  { pattern: '[A-Z]{2} ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]', fewestDigits: 6, isValid: isNino },
  {
    pattern: '\\d{11}|\\d{2}<gap>\\d{3}<same>\\d{3}<same>\\d{3}',
    fewestDigits: 11,
    isValid: isSteuerId,
  },
  {
    pattern:
      `[1-478]\\d{4}(?:\\d{2}|2[AB])\\d{6}[${GAP}]?\\d{2}|` +
      `[1-478]<gap>\\d{2}<same>\\d{2}<same>(?:\\d{2}|2[AB])<same>\\d{3}<same>\\d{3}[${GAP}/]?\\d{2}`,
    fewestDigits: 14,
    isValid: isNir,
  },
  {
    pattern: '(?:\\d{8}|\\d{2}\\.\\d{3}\\.\\d{3})[- ]?[A-HJ-NP-TV-Z]',
    fewestDigits: 8,
    isValid: isDni,
  },
  { pattern: '[XYZ][- ]?\\d{7}[- ]?[A-HJ-NP-TV-Z]', fewestDigits: 7, isValid: isDni },
  { pattern: '\\d{4}[ .]?\\d{2}[ .]?\\d{3}', fewestDigits: 9, isValid: isBsn, after: BSN_WORD },
  { pattern: '\\d{3}[ .]\\d{3}[ .]\\d{3}', fewestDigits: 9, isValid: isBsn, after: BSN_WORD },
  { pattern: '(?:\\d{2})?\\d{6}[-+]\\d{4}', fewestDigits: 10, isValid: isPersonnummer },
];

const EXPRESSIONS = FORMS.map((form) => ({
  ...form,
  written: written(
    form.pattern.replaceAll('<gap>', `(${ANY_GAP})`).replaceAll('<same>', '\\1'),
    'g',
  ),
}));

/** Any of the forms, whatever their gaps are: most numbers are of none. */
const ANY_FORM = written(
  FORMS.map(({ pattern }) => pattern.replaceAll(/<gap>|<same>/g, ANY_GAP)).join('|'),
  '',
);

/** Digits in it may be letters, so it need not be where others are. */
const CODICE_FISCALE = written(
  '[A-Z]{3} ?[A-Z]{3} ?[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2} ?[A-Z][0-9LMNP-V]{3}[A-Z]',
  'g',
);

/**
 * Numbers that states give to people: US SSN, UK National Insurance number, German Steuer-ID, French NIR, Spanish DNI and
 * NIE, Italian codice fiscale, Dutch BSN, Swedish personnummer. Each by its form and check characters; where these do not
 * tell it from other numbers, only after a word that names it.
 */
export const nationalIdDetector: Detector = {
  kind: 'national-id',
  find: (searched) => {
    const { numbers, text } = searched;
    // A text without six digits has none, but for a codice fiscale that is written in letters.
    if (numbers.length === 0) return [];
    const spans = codiciFiscali(text);
    for (const stretch of numbers) {
      if (ANY_FORM.test(stretch.window)) addFormsIn(stretch, searched, spans);
    }
    return spans;
  },
};

function addFormsIn(stretch: NumberStretch, searched: Searched, spans: Span[]): void {
  for (const { written: form, fewestDigits, isValid, after } of EXPRESSIONS) {
    if (stretch.digits < fewestDigits) continue;
    for (const match of matchesIn(form, stretch)) {
      if (!isValid(compactOf(match.text))) continue;
      if (after === undefined || after.test(wordsBefore(searched, match.start))) spans.push(match);
    }
  }
}

function codiciFiscali(text: string): Span[] {
  return matchesOf(CODICE_FISCALE, text)
    .filter(([found]) => isCodiceFiscale(compactOf(found)))
    .map(({ 0: found, index }) => ({ start: index, end: index + found.length }));
}

/** Without gaps and dots; what has no letters keeps the sign that separates a birth date. */
function compactOf(text: string): string {
  return /[A-Z]/.test(text) ? text.replaceAll(/[^A-Z0-9]/g, '') : digitsOf(text);
}
