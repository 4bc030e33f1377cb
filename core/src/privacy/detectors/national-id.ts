import {
  contextBefore,
  digitsOf,
  GAP,
  hasLongNumber,
  spansOf,
  type Detector,
  type Searched,
  type Span,
} from './detector.ts';
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
  readonly written: RegExp;
  readonly isValid: (compact: string) => boolean;
  /** Nine digits or more, and no letters. */
  readonly digitsOnly?: true;
  /** A word that has to stand before it, where its form alone does not tell. */
  readonly after?: RegExp;
}

/** Not in the middle of a word, of a decimal, of a longer number with hyphens, or of a variant (`g.47692574G>A`, HGVS). */
const BEFORE = '\\b(?<!-|\\d[.,]|[cgmn]\\.)';
const AFTER = '(?!\\w|[-.,]\\d|>)';
/** A gap; the others of the number are the same. */
const gap = `([${GAP}])`;

function written(pattern: string): RegExp {
  return new RegExp(`${BEFORE}${pattern}${AFTER}`, 'g');
}

function word(words: string): RegExp {
  return new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})[^\\d\\]\\n]{0,24}$`, 'iu');
}

const SSN_WORD = word('ssn|social security(?: number| no| nr| card)?|itin|tin');
const BSN_WORD = word('bsn|bsn nummer|burgerservicenummer|sofinummer|sofi nummer');

const FORMS: readonly Form[] = [
  { written: written('\\d{3}-\\d{2}-\\d{4}'), isValid: isSsn, digitsOnly: true },
  {
    written: written('\\d{3}[ \\u00a0]?\\d{2}[ \\u00a0]?\\d{4}'),
    isValid: isSsn,
    digitsOnly: true,
    after: SSN_WORD,
  },
  { written: written('[A-Z]{2} ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]'), isValid: isNino },
  {
    written: written(`(?:\\d{11}|\\d{2}${gap}\\d{3}\\1\\d{3}\\1\\d{3})`),
    isValid: isSteuerId,
    digitsOnly: true,
  },
  {
    written: written(
      `(?:[1-478]\\d{4}(?:\\d{2}|2[AB])\\d{6}[${GAP}]?\\d{2}|` +
        `[1-478]${gap}\\d{2}\\1\\d{2}\\1(?:\\d{2}|2[AB])\\1\\d{3}\\1\\d{3}[${GAP}/]?\\d{2})`,
    ),
    isValid: isNir,
  },
  { written: written('(?:\\d{8}|\\d{2}\\.\\d{3}\\.\\d{3})[- ]?[A-HJ-NP-TV-Z]'), isValid: isDni },
  { written: written('[XYZ][- ]?\\d{7}[- ]?[A-HJ-NP-TV-Z]'), isValid: isDni },
  {
    written: written(
      '[A-Z]{3} ?[A-Z]{3} ?[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2} ?[A-Z][0-9LMNP-V]{3}[A-Z]',
    ),
    isValid: isCodiceFiscale,
  },
  {
    written: written('\\d{4}[ .]?\\d{2}[ .]?\\d{3}'),
    isValid: isBsn,
    digitsOnly: true,
    after: BSN_WORD,
  },
  {
    written: written('\\d{3}[ .]\\d{3}[ .]\\d{3}'),
    isValid: isBsn,
    digitsOnly: true,
    after: BSN_WORD,
  },
  { written: written('(?:\\d{2})?\\d{6}[-+]\\d{4}'), isValid: isPersonnummer, digitsOnly: true },
];

const NINE_DIGITS = new RegExp(`\\d(?:[${GAP}.+]?\\d){8}`);
const WITH_LETTERS = FORMS.filter(({ digitsOnly }) => digitsOnly !== true);

/**
 * Numbers that states give to people: US SSN, UK National Insurance number, German Steuer-ID, French NIR, Spanish DNI and
 * NIE, Italian codice fiscale, Dutch BSN, Swedish personnummer. Each by its form and check characters; where these do not
 * tell it from other numbers, only after a word that names it.
 */
export const nationalIdDetector: Detector = {
  kind: 'national-id',
  mayHold: hasLongNumber,
  find: (searched) => {
    const forms = NINE_DIGITS.test(searched.text) ? FORMS : WITH_LETTERS;
    return forms.flatMap((form) => spansOfForm(form, searched));
  },
};

function spansOfForm({ written: form, isValid, after }: Form, searched: Searched): readonly Span[] {
  return spansOf(
    form,
    searched.text,
    (match) =>
      isValid(compactOf(match[0])) &&
      (after === undefined || after.test(contextBefore(searched, match.index))),
  );
}

/** Without gaps and dots; what has no letters keeps the sign that separates a birth date. */
function compactOf(text: string): string {
  return /[A-Z]/.test(text) ? text.replaceAll(/[^A-Z0-9]/g, '') : digitsOf(text);
}
