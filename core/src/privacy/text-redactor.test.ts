import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personalDataSet, SAMPLE_NAMES } from '../testing/personal-data/personal-data-set.ts';
import { REDACTION_KINDS, type RedactionKind } from './redaction-kind.ts';
import { textRedactorOf } from './text-redactor.ts';

const all = textRedactorOf({ kinds: [...REDACTION_KINDS], names: [...SAMPLE_NAMES] });
const redact = (text: string, label?: string): string => all.redact(text, label);

/** What stands in the place of the bracketed part of a text. */
const FOUND: readonly (readonly [RedactionKind, string])[] = [
  ['email', 'Write to <grace.hopper@navy.example.org>.'],
  ['email', 'mailto:<o_neill+tag@x.co.uk>?subject=a'],
  ['email', 'Почта: <иван@пример.рф>, спасибо'],
  ['email', 'a <a@b.co>, b <b@c.co>'],
  ['phone', 'ring <+49 30 23125 123> now'],
  ['phone', '<+44 (0)20 7946 0958>'],
  ['phone', 'Tel. <030/23125-123>, room 4'],
  ['phone', 'Téléphone : <01 99 00 12 34>.'],
  ['phone', '<(212) 555-0123> ext. 4'],
  ['phone', 'tel <030 23125123> or <040 1234567>'],
  ['phone', '<+49 30 23125123> 2024'],
  ['phone', 'Teléfono: <964337112>'],
  ['phone', 'Call <+999 123 45 67>'],
  ['phone', '<+27 082 123 4567>'],
  ['iban', 'IBAN <DE89 3704 0044 0532 0130 00>.'],
  ['iban', '<gb82west12345698765432>'],
  ['card', 'Visa <4111 1111 1111 1111> 12/27'],
  ['card', 'amex <378282246310005>'],
  ['card', '<5555-5555-5555-4444>'],
  ['national-id', 'SSN <536-90-4399>'],
  ['national-id', 'ssn: <536904399>'],
  ['national-id', 'NI number <AB 12 34 56 C>'],
  ['national-id', 'IdNr. <86 095 742 719>'],
  ['national-id', 'NIR <2 55 08 14 168 025 38>'],
  ['national-id', 'NIR <255081416802538>'],
  ['national-id', 'DNI <12345678Z>, NIE <X1234567L>'],
  ['national-id', 'C.F. <RSSMRA85T10A562S>'],
  ['national-id', 'BSN: <111222333>'],
  ['national-id', '<811228-9874>'],
  ['name', 'We asked <GRACE HOPPER>, and <Rose>.'],
  ['name', 'said <María José García>'.normalize('NFD')],
];

describe('finds', () => {
  it.each(FOUND)('%s in %s', (kind, marked) => {
    const values = [...marked.matchAll(/<([^>]+)>/g)].map(([, value]) => value ?? '');
    const text = marked.replaceAll(/[<>]/g, '');
    const expected = marked.replaceAll(/<[^>]+>/g, `[redacted:${kind}]`);
    expect(redact(text)).toBe(expected);
    for (const value of values) expect(redact(text)).not.toContain(value);
  });

  it('what the name of a member says', () => {
    expect(redact('030 23125123')).toBe('030 23125123');
    expect(redact('030 23125123', 'mobilePhone')).toBe('[redacted:phone]');
    expect(redact('111222333', 'patient_bsn')).toBe('[redacted:national-id]');
  });
});

describe('leaves as it is', () => {
  it.each([
    'user@localhost and @handle and icon@2x.png',
    '@dapr/dapr@3.18.0, git@github.com:dapr/dapr.git',
    'C[C@@H](N)C(=O)O',
    '030 23125123 of 98765 reads',
    'a phone survey of 12345678 people, call rate 0.814 (2024)',
    '+999 123 45 67',
    '+9.837 +1.982 -3.408 and +52.520008 +13.404954',
    '2026-11-29T22:53:01.000+02:00',
    'DE88 3704 0044 0532 0130 00',
    '4111 1111 1111 1112 and 0.4111111111111111',
    '4532 1234 8812 0931 4411 2231',
    'https://example.org/4111111111111111 10.1016/4111111111111111',
    '0000-0002-1825-0097, ISSN 0028-0836, ISBN 978-3-16-148410-0',
    'CAS 7732-18-5, chr17:g.47692574G>A',
    '111222333',
    '536904399',
    '811228-9875 and 86095742718',
    'a rose by any other name',
    '[redacted:email] and [redacted]',
    '',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('its own markers, whatever names there are', () => {
    const odd = textRedactorOf({ kinds: ['email'], names: ['redacted', 'email', 'Card', 'id'] });
    const text = 'an email from a@b.co, [redacted:card] and [redacted:national-id]';
    const once =
      'an [redacted:name] from [redacted:email], [redacted:card] and [redacted:national-id]';
    expect(odd.redact(text)).toBe(once);
    expect(odd.redact(once)).toBe(once);
  });

  it('what the tenant does not ask for', () => {
    const text = 'a@b.co, 4111 1111 1111 1111, Grace Hopper';
    const only = (kinds: readonly string[], names: readonly string[] = []) =>
      textRedactorOf({ kinds: [...kinds], names: [...names] }).redact(text);
    expect(only([])).toBe(text);
    expect(only(['card', 'kind-of-a-later-release'])).toBe('a@b.co, [redacted:card], Grace Hopper');
    expect(only([], ['Hopper'])).toBe('a@b.co, 4111 1111 1111 1111, Grace [redacted:name]');
  });
});

/** Texts in which values and what looks like them touch each other in every way. */
const Fragment = fc.oneof(
  fc.constantFrom(...personalDataSet(7, 40).map(({ text }) => text)),
  fc.constantFrom(
    'tel ',
    'BSN ',
    'or ',
    '[redacted:email]',
    '[redacted]',
    'https://x.org/',
    '+',
    '@',
    '.',
    '-',
    ' ',
    '\n',
    '0',
    '4111 1111 1111 1111',
    'a@b.co',
    '(0)',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.stringMatching(/^[0-9 ()+./-]{0,24}$/),
);
const Text = fc.array(Fragment, { maxLength: 8 }).map((parts) => parts.join(''));

describe('any text', () => {
  it('is redacted once: what comes out stays', () => {
    fc.assert(
      fc.property(Text, fc.constantFrom('', 'phone', 'ssn', 'text'), (text, label) => {
        const once = redact(text, label);
        expect(redact(once, label)).toBe(once);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is redacted as if it stood alone, wherever in a long one it stands', () => {
    const between = `\n\n${'='.repeat(60)}\n\n`;
    fc.assert(
      fc.property(fc.array(Text, { minLength: 2, maxLength: 6 }), (texts) => {
        const parts = texts.map((text) => `${between}${text}${between}`);
        const alone = parts.map((part) => redact(part));
        expect(redact(parts.join(''))).toBe(alone.join(''));
      }),
      { numRuns: 1_000 },
    );
  });

  it('has no value of the set left, wherever it stands', () => {
    const sure = personalDataSet(8, 60)
      .flatMap(({ values }) => values)
      .filter(({ kind }) => kind !== 'national-id' && kind !== 'phone' && kind !== 'name');
    const words = fc.constantFrom('and then ', 'see: ', '\n', '"', '(', ', ');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(words, fc.constantFrom(...sure)), { maxLength: 5 }),
        (parts) => {
          const text = parts.map(([word, { text: value }]) => `${word}${value}`).join(' . ');
          const result = redact(text);
          for (const [, { text: value }] of parts) expect(result).not.toContain(value);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('time grows no faster than the text', () => {
  const HOSTILE: Readonly<Record<string, string>> = {
    digits: '1',
    'digits and spaces': '1 ',
    'groups of two': '12 ',
    'groups of four': '4111 ',
    'at signs': 'a@',
    'long local parts': `${'a'.repeat(64)}@`,
    dots: 'a.b@c.',
    plus: '+49 ',
    'plus and digits': '+491234567890123456',
    parentheses: '(0)(1)',
    'area codes': '(212) 555-0123 ',
    'social security numbers': '536-90-4399 ',
    'announced numbers': 'tel 030 1234567 or ',
    'starts of IBANs': 'DE89 ',
    'starts of tax codes': 'RSSMRA85T10A562',
    'dates with a hyphen': '811228-987',
    addresses: 'https://a.b/ 10.1234/a ',
    markers: '[redacted:phone]',
    names: 'Grace ',
    spaces: ' ',
  };

  it.each(Object.entries(HOSTILE))('of %s', (_what, unit) => {
    const ofLength = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const from = performance.now();
      redact(text);
      return performance.now() - from;
    };
    ofLength(50_000);
    // A megabyte; what grows with the square of a length takes minutes for it.
    expect(ofLength(1_000_000)).toBeLessThan(10_000);
  });
});

it.each([
  ['Contact info:+493012345678 now', '+493012345678'],
  ['Bank info:DE89370400440532013000', 'DE89370400440532013000'],
  ['[redacted:email]grace@example.org', 'grace@example.org'],
  ['4111111111111111[redacted]', '4111111111111111'],
])('looks at %s, whatever stands beside it', (text, secret) => {
  expect(textRedactorOf({ kinds: [...REDACTION_KINDS], names: [] }).redact(text)).not.toContain(
    secret,
  );
});
