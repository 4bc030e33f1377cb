import type { Random } from './random.ts';
import { luhnDigit, type Value } from './values.ts';

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

function ssn(random: Random): string {
  const area = random.pick([random.int(1, 665), random.int(667, 899)]);
  return `${pad(area, 3)}-${pad(random.int(1, 99))}-${pad(random.int(1, 9999), 4)}`;
}

function nino(random: Random): string {
  const prefix = random.pick(['AB', 'CE', 'HJ', 'JK', 'LM', 'PR', 'SW', 'TY', 'YX', 'ZC']);
  const digits = random.digits(6);
  return `${prefix}${digits}${random.pick(['A', 'B', 'C', 'D'])}`;
}

/** One digit twice, one not at all, the others once; then the check digit by the hybrid system MOD 11,10. */
function steuerId(random: Random): string {
  const all = shuffled(random, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  all[9] = all[random.int(0, 8)]!;
  const ten = shuffled(random, all);
  if (ten[0] === 0) ten.push(ten.shift()!);
  if (ten[0] === 0) ten.push(ten.shift()!);
  let check = 10;
  for (const digit of ten) {
    check += digit;
    if (check > 10) check -= 10;
    if (check === 0) check = 10;
    check *= 2;
    if (check >= 11) check -= 11;
  }
  return `${ten.join('')}${(11 - check) % 10}`;
}

function shuffled(random: Random, list: readonly number[]): number[] {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = random.int(0, last);
    [copy[last], copy[other]] = [copy[other]!, copy[last]!];
  }
  return copy;
}

function nir(random: Random): { readonly number: string; readonly key: string } {
  const department = random.pick(['75', '13', '69', '2A', '2B', '01']);
  const number = `${random.int(1, 2)}${random.digits(2)}${pad(random.int(1, 12))}${department}${random.digits(6)}`;
  // As INSEE words it: A and B count as 0, and then a million or two are taken off.
  const off = number.includes('A') ? 1_000_000n : number.includes('B') ? 2_000_000n : 0n;
  const scaled = BigInt(number.replace(/[AB]/, '0')) - off;
  return { number, key: pad(97 - Number(scaled % 97n)) };
}

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';

function evenValue(character: string): number {
  return /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
}

function codiceFiscale(random: Random): string {
  const consonants = (count: number): string =>
    Array.from({ length: count }, () => random.pick(Array.from('BCDFGLMNPRSTV'))).join('');
  const body =
    `${consonants(6)}${random.digits(2)}${random.pick(Array.from('ABCDEHLMPRST'))}` +
    `${pad(random.int(1, 31) + random.pick([0, 40]))}${random.pick(Array.from('ABDFHL'))}${random.digits(3)}`;
  // Table of the decree, character by character.
  const odd: Record<string, number> = Object.fromEntries(
    '0=1 1=0 2=5 3=7 4=9 5=13 6=15 7=17 8=19 9=21 A=1 B=0 C=5 D=7 E=9 F=13 G=15 H=17 I=19 J=21 K=2 L=4 M=18 N=20 O=11 P=3 Q=6 R=8 S=12 T=14 U=16 V=10 W=22 X=25 Y=24 Z=23'
      .split(' ')
      .map((entry) => [entry[0]!, Number(entry.slice(2))]),
  );
  const sum = Array.from(body).reduce(
    (total, one, n) => total + (n % 2 === 0 ? odd[one]! : evenValue(one)),
    0,
  );
  return body + String.fromCharCode(65 + (sum % 26));
}

function bsn(random: Random): string {
  for (;;) {
    const digits = Array.from(random.digits(8)).map(Number);
    const sum = digits.reduce((total, digit, n) => total + digit * (9 - n), 0);
    if (sum % 11 < 10) return [...digits, sum % 11].join('');
  }
}

function personnummer(random: Random): string {
  const date = `${random.digits(2)}${pad(random.int(1, 12))}${pad(random.int(1, 28))}`;
  const serial = random.digits(3);
  return `${date}${random.pick(['-', '-', '+'])}${serial}${luhnDigit(`${date}${serial}`)}`;
}

/** Numbers that states give to people. */
export function nationalIdOf(random: Random): Value {
  const form = random.pick([
    'US SSN',
    'UK NINO',
    'DE Steuer-ID',
    'FR NIR',
    'ES DNI',
    'ES NIE',
    'IT codice fiscale',
    'NL BSN',
    'SE personnummer',
  ]);
  const spaced = random.int(0, 1) === 1;
  switch (form) {
    case 'US SSN':
      return { text: ssn(random), form };
    case 'UK NINO': {
      const text = nino(random);
      return { text: spaced ? text.match(/.{1,2}/g)!.join(' ') : text, form };
    }
    case 'DE Steuer-ID': {
      const text = steuerId(random);
      return { text: spaced ? text.replace(/^(..)(...)(...)(...)$/, '$1 $2 $3 $4') : text, form };
    }
    case 'FR NIR': {
      const { number, key } = nir(random);
      const text = spaced
        ? number.replace(/^(.)(..)(..)(..)(...)(...)$/, '$1 $2 $3 $4 $5 $6 ')
        : number;
      return { text: `${text}${key}`, form };
    }
    case 'ES DNI': {
      const digits = random.digits(8);
      return { text: `${digits}${spaced ? '-' : ''}${SPANISH[Number(digits) % 23]!}`, form };
    }
    case 'ES NIE': {
      const first = random.int(0, 2);
      const digits = random.digits(7);
      const letter = SPANISH[Number(`${first}${digits}`) % 23]!;
      const gap = spaced ? '-' : '';
      return { text: `${'XYZ'[first]!}${gap}${digits}${gap}${letter}`, form };
    }
    case 'IT codice fiscale':
      return { text: codiceFiscale(random), form };
    case 'NL BSN':
      return { text: bsn(random), form, needsWord: true };
    default:
      return { text: personnummer(random), form: 'SE personnummer' };
  }
}
