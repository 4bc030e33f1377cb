import type { Random } from './random.ts';

/** One value of a kind, in one of the forms in which it is written. */
export interface Value {
  readonly text: string;
  readonly form: string;
  /** Written where only a word before it tells what it is. */
  readonly needsWord?: boolean;
}

const FIRST = [
  'anna',
  'jean-luc',
  'm.garcia',
  'sven',
  'o_neill',
  'li.wei',
  'priya',
  'tomasz',
  'zoë',
  'иван',
];
const LAST = [
  'müller',
  'smith',
  'rossi',
  'nowak',
  'dubois',
  'tanaka',
  'jensen',
  'van.dijk',
  'oduya',
];
const HOSTS = [
  'example.com',
  'uni-heidelberg.de',
  'mail.example.co.uk',
  'inserm.fr',
  'x.org',
  'lab7.example.museum',
];
const RARE_HOSTS = [
  'xn--mnchen-3ya.de',
  'müller.example',
  'sub-domain.long-name.example.info',
  'пример.рф',
];

/** E-mail addresses. */
export function emailOf(random: Random): Value {
  const form = random.pick(['first.last', 'one', 'tag', 'number', 'capitals', 'rare host']);
  const first = random.pick(FIRST);
  const last = random.pick(LAST);
  const host = random.pick(form === 'rare host' ? RARE_HOSTS : HOSTS);
  const local =
    form === 'one'
      ? first
      : form === 'tag'
        ? `${last}+news`
        : form === 'number'
          ? `${last}${random.int(1, 99)}`
          : `${first}.${last}`;
  const text = `${local}@${host}`;
  return { text: form === 'capitals' ? text.toUpperCase() : text, form };
}

/** How numbers are printed in some countries, after their regulators' and posts' conventions. */
const INTERNATIONAL = [
  '+1 212-555-01##',
  '+1 (415) 555-01##',
  '+121255501##',
  '+44 20 7946 0###',
  '+44 (0)20 7946 0###',
  '+447700900###',
  '+49 30 23125 ###',
  '+49 (0)171 39200##',
  '+49-89-12345###',
  '+33 1 99 00 ## ##',
  '+33 6 39 98 ## ##',
  '+34 612 ### ###',
  '+39 06 #### ####',
  '+39 347 ### ####',
  '+31 6 12######',
  '+31 20 ### ####',
  '+46 70 174 06 ##',
  '+46-8-### ### ##',
  '+48 512 ### ###',
  '+91 98765 #####',
  '+81 3-####-####',
  '+55 11 #####-####',
  '+86 138 #### ####',
  '+7 912 ###-##-##',
  '+41 44 ### ## ##',
  '+43 1 #######',
  '+32 2 ### ## ##',
  '+351 912 ### ###',
  '+353 1 ### ####',
  '+420 601 ### ###',
  '+90 532 ### ## ##',
  '+972 52-###-####',
  '+61 2 #### ####',
  '+64 21 ### ###',
  '+27 82 ### ####',
  '+254 712 ######',
  '+52 55 #### ####',
  '+54 11 ####-####',
  '+82 10-####-####',
  '+65 #### ####',
  '+358 40 ### ####',
  '+45 2# ## ## ##',
] as const;
const NATIONAL = [
  '212-555-01##',
  '212.555.01##',
  '1-415-555-01##',
  '020 7946 0###',
  '07700 900###',
  '030 23125 ###',
  '030/23125###',
  '0171-39200##',
  '089 12345###',
  '01 99 00 ## ##',
  '06.39.98.##.##',
  '612 ### ###',
  '06 #### ####',
  '347 ### ####',
  '06-12######',
  '070-174 06 ##',
  '08-### ### ##',
  '512 ### ###',
  '098765 #####',
  '03-####-####',
  '(11) #####-####',
  '138 #### ####',
  '8 (912) ###-##-##',
  '044 ### ## ##',
  '0049 30 23125###',
  '0033 6 39 98 ## ##',
  '03023125###',
] as const;

/** Phone numbers. */
export function phoneOf(random: Random): Value {
  const kind = random.int(0, 9);
  if (kind < 5) return { text: random.fill(random.pick(INTERNATIONAL)), form: 'international' };
  if (kind === 5)
    return {
      text: random.fill(random.pick(['(212) 555-01##', '(415)555-01##', '1 (303) 555-01##'])),
      form: 'in parentheses',
    };
  return { text: random.fill(random.pick(NATIONAL)), form: 'national', needsWord: true };
}

/** BBAN structures of the IBAN registry: n digits, a capitals, c either. */
const BBANS = [
  ['DE', '18n'],
  ['GB', '4a14n'],
  ['FR', '10n11c2n'],
  ['NL', '4a10n'],
  ['ES', '20n'],
  ['IT', '1a10n12c'],
  ['CH', '5n12c'],
  ['SE', '20n'],
  ['PL', '24n'],
  ['MT', '4a5n18c'],
  ['NO', '11n'],
  ['BE', '12n'],
  ['PT', '21n'],
  ['AT', '16n'],
  ['SA', '2n18c'],
  ['IE', '4a14n'],
  ['LU', '3n13c'],
  ['BR', '23n1a1c'],
  ['TR', '5n1n16c'],
  ['FI', '14n'],
] as const;

/** IBANs. */
export function ibanOf(random: Random): Value {
  const [country, structure] = random.pick(BBANS);
  let bban = '';
  for (const [, count, type] of structure.matchAll(/(\d+)([nac])/g)) {
    const pattern = type === 'n' ? '#' : type === 'a' ? '^' : random.pick(['#', '^']);
    bban += random.fill(pattern.repeat(Number(count)));
  }
  const numeric = Array.from(`${bban}${country}00`)
    .map((one) => Number.parseInt(one, 36))
    .join('');
  const check = String(98n - (BigInt(numeric) % 97n)).padStart(2, '0');
  const iban = `${country}${check}${bban}`;
  const form = random.pick(['plain', 'groups', 'groups', 'lower case', 'no-break']);
  const gap = form === 'no-break' ? '\u00a0' : ' ';
  if (form === 'plain') return { text: iban, form };
  if (form === 'lower case') return { text: iban.toLowerCase(), form };
  return { text: iban.match(/.{1,4}/g)!.join(gap), form };
}

/** Issuer prefixes with the length and the groups in which cards print them. */
const CARDS = [
  ['4', 16, [4, 4, 4, 4]],
  ['4', 19, [4, 4, 4, 4, 3]],
  ['51', 16, [4, 4, 4, 4]],
  ['2221', 16, [4, 4, 4, 4]],
  ['2720', 16, [4, 4, 4, 4]],
  ['34', 15, [4, 6, 5]],
  ['37', 15, [4, 6, 5]],
  ['6011', 16, [4, 4, 4, 4]],
  ['65', 16, [4, 4, 4, 4]],
  ['36', 14, [4, 6, 4]],
  ['3530', 16, [4, 4, 4, 4]],
  ['62', 16, [4, 4, 4, 4]],
  ['5018', 16, [4, 4, 4, 4]],
  ['6759', 16, [4, 4, 4, 4]],
] as const;

/** Numbers of payment cards. */
export function cardOf(random: Random): Value {
  const [prefix, length, groups] = random.pick(CARDS);
  const body = prefix + random.digits(length - 1 - prefix.length);
  const digits = body + luhnDigit(body);
  const form = random.pick(['plain', 'spaces', 'spaces', 'hyphens', 'no-break']);
  if (form === 'plain') return { text: digits, form };
  const gap = form === 'hyphens' ? '-' : form === 'spaces' ? ' ' : '\u00a0';
  let from = 0;
  const parts = groups.map((size) => digits.slice(from, (from += size)));
  return { text: parts.join(gap), form };
}

/** The check digit by Luhn: the one that makes the sum a multiple of ten, found by trying. */
export function luhnDigit(body: string): string {
  for (let check = 0; check < 10; check++) {
    const reversed = Array.from(`${body}${check}`).reverse().map(Number);
    const sum = reversed.reduce((total, digit, n) => {
      const weighted = n % 2 === 1 ? digit * 2 : digit;
      return total + Math.floor(weighted / 10) + (weighted % 10);
    }, 0);
    if (sum % 10 === 0) return String(check);
  }
  throw new RangeError('no check digit');
}
