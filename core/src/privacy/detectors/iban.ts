import { matchesOf, type Detector, type Span } from './detector.ts';

/** Lengths of IBANs by country: SWIFT, IBAN Registry (ISO 13616), release 99. */
const LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const START = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \u00a0\u2009\u202f-]?[A-Za-z0-9])/g;
/** IBANs (ISO 13616): the length of the country, and check digits by ISO 7064 MOD 97-10. In groups or not, in any case. */
export const ibanDetector: Detector = {
  kind: 'iban',
  find: ({ text }) => {
    const spans: Span[] = [];
    for (const match of matchesOf(START, text)) {
      const length = LENGTHS.get(match[0].slice(0, 2).toUpperCase());
      const read = length === undefined ? undefined : readFrom(text, match.index, length);
      if (read && remainderOf97(read.compact) === 1) {
        spans.push({ start: match.index, end: read.end });
      }
    }
    return spans;
  },
};

/** The characters of an IBAN that begins at a position, without gaps; undefined when there are not as many. */
function readFrom(text: string, start: number, length: number) {
  let compact = '';
  let end = start;
  for (let gaps = 0; compact.length < length; end++) {
    const code = text.charCodeAt(end);
    if (isAlphanumeric(code)) {
      compact += text[end];
      gaps = 0;
    } else if (!isGap(code) || ++gaps > 1) {
      return undefined;
    }
  }
  return isAlphanumeric(text.charCodeAt(end)) ? undefined : { compact, end };
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A space or a hyphen. */
function isGap(code: number): boolean {
  return code === 0x20 || code === 0xa0 || code === 0x2009 || code === 0x202f || code === 0x2d;
}

/** Of the number that an IBAN is with its first four characters last, and with 10 to 35 for A to Z. */
function remainderOf97(iban: string): number {
  let remainder = 0;
  for (let at = 0; at < iban.length; at++) {
    const code = iban.charCodeAt((at + 4) % iban.length);
    // Capitals are 65 to 90; small letters have one bit more.
    remainder =
      (isDigit(code) ? remainder * 10 + code - 48 : remainder * 100 + (code & ~32) - 55) % 97;
  }
  return remainder;
}
