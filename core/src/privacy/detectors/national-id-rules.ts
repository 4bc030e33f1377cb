import { passesLuhn } from './luhn.ts';

/**
 * Social Security number, nine digits. Never given: area 000, 666 and 900-999, group 00, serial 0000 (Social Security
 * Administration, SSN randomization, 2011); and the ones of advertisements.
 */
export function isSsn(digits: string): boolean {
  return (
    /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits) &&
    digits !== '078051120' &&
    digits !== '219099999'
  );
}

/** National Insurance number: prefixes and suffixes of HM Revenue and Customs, NIM39110. It has no check digit. */
export function isNino(compact: string): boolean {
  return /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(compact);
}

/**
 * Identifikationsnummer, eleven digits: among the first ten one digit stands twice or three times and the others at most
 * once, and the last is a check digit by ISO 7064 MOD 11,10 (Bundeszentralamt fuer Steuern, section 139b AO).
 */
export function isSteuerId(digits: string): boolean {
  if (!/^[1-9]\d{10}$/.test(digits)) return false;
  const counts = new Map<string, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  if (repeated.length !== 1 || (repeated[0] ?? 0) > 3) return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits[10]);
}

/**
 * Numero d'inscription au repertoire, 13 characters and a key of two digits: 97 less the remainder by 97, where 2A counts as
 * 19 and 2B as 18 (INSEE; decree 82-103).
 */
export function isNir(compact: string): boolean {
  const parts = /^([1-478]\d{2}(\d{2}))(\d{2}|2A|2B)(\d{6})(\d{2})$/.exec(compact);
  if (!parts) return false;
  const [, start = '', month = '', department = '', rest = '', key] = parts;
  const monthIs = Number(month);
  if (monthIs === 0 || (monthIs > 12 && monthIs < 20) || (monthIs > 42 && monthIs < 50))
    return false;
  const numeric = department === '2A' ? '19' : department === '2B' ? '18' : department;
  return 97 - (Number(`${start}${numeric}${rest}`) % 97) === Number(key);
}

/** DNI: eight digits and a letter; NIE: X, Y or Z, seven digits and a letter (Real Decreto 1553/2005, Orden INT/2058/2008). */
export function isDni(compact: string): boolean {
  const digits = compact.slice(0, -1).replace(/^[XYZ]/, (first) => String('XYZ'.indexOf(first)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23] === compact.at(-1);
}

/** Values of characters at odd places of a codice fiscale, for 0-9 and for A-Z. */
const ODD_VALUES = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/** Codice fiscale, 16 characters, the last a check character (Decreto Ministeriale 23 December 1976). */
export function isCodiceFiscale(compact: string): boolean {
  let sum = 0;
  for (const [index, character] of Array.from(compact.slice(0, 15)).entries()) {
    const value = Number.parseInt(character, 36);
    // Digits and the letters A to J count alike.
    const ordinal = value > 9 ? value - 10 : value;
    sum += index % 2 === 0 ? (ODD_VALUES[ordinal] ?? 0) : ordinal;
  }
  return compact.length === 16 && String.fromCharCode(65 + (sum % 26)) === compact[15];
}

/** Burgerservicenummer, nine digits: the sum weighted by 9 to 2 and -1 is a multiple of 11 (RvIG, elfproef). */
export function isBsn(digits: string): boolean {
  if (!/^\d{9}$/.test(digits) || digits === '000000000') return false;
  const weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
  return weights.reduce((sum, weight, n) => sum + weight * Number(digits[n]), 0) % 11 === 0;
}

/** Personnummer: a date of birth (day plus 60 in a samordningsnummer) and four digits, Luhn over ten (Skatteverket, SKV 704). */
export function isPersonnummer(digits: string): boolean {
  if (digits.length === 12 && !/^(?:18|19|20)/.test(digits)) return false;
  const ten = digits.slice(-10);
  const month = Number(ten.slice(2, 4));
  const day = Number(ten.slice(4, 6)) % 60;
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && passesLuhn(ten);
}
