import type { RedactionKind } from '../../privacy/redaction-kind.ts';
import { HARD_NEGATIVES } from './hard-negatives.ts';
import { nationalIdOf } from './national-ids.ts';
import { seeded, type Random } from './random.ts';
import { cardOf, emailOf, ibanOf, phoneOf, type Value } from './values.ts';

export { HARD_NEGATIVES } from './hard-negatives.ts';
export { seeded, type Random } from './random.ts';

/** A text, and what of personal data is in it. */
export interface Sample {
  readonly text: string;
  readonly values: readonly {
    readonly kind: RedactionKind;
    readonly form: string;
    readonly text: string;
  }[];
  /** What else is in it that looks like some. */
  readonly decoys: readonly string[];
}

/** The list that a tenant would give, and names that are not on it. */
export const SAMPLE_NAMES: readonly string[] = [
  'Grace Hopper',
  'Jean-Luc Dubois',
  'María José García',
  'Łukasz Nowak',
  'Rose',
  'Иван Петров',
  "Siobhán O'Neill",
  '山田 太郎',
];

const WORDS: Readonly<Record<'phone' | 'national-id', readonly string[]>> = {
  phone: [
    'Tel.',
    'Tel:',
    'Phone',
    'phone number is',
    'Telefon:',
    'Telefonnummer',
    'téléphone :',
    'Tél.',
    'Teléfono:',
    'móvil',
    'Mobil',
    'cellulare',
    'Fax',
    'call me at',
    'WhatsApp',
    'тел.',
    'telefoon',
    'mobile:',
    'Handy',
  ],
  'national-id': ['BSN', 'BSN:', 'burgerservicenummer', 'bsn nummer'],
};

const SENTENCES: Readonly<
  Record<'email' | 'phone' | 'iban' | 'card' | 'national-id' | 'name', readonly string[]>
> = {
  email: [
    'Please write to {} before Friday.',
    'Kontakt: <{}>',
    'Autor correspondiente ({}).',
    'mailto:{}',
    'Écrivez à {}, merci.',
    'https://example.org/unsubscribe?email={}',
    '{}',
    'From: "A. N." <{}>;',
    '联系 {} 。',
  ],
  phone: [
    'Reach her at {} any time.',
    'Erreichbar unter {} (Labor).',
    'Appelez le {} svp.',
    '{}',
    'Llame al {}.',
    'see https://example.org or {}',
    'tel:{}',
  ],
  iban: [
    'IBAN {}',
    'Bitte auf {} überweisen.',
    'Virement sur le compte {}.',
    '{}',
    'account={};',
    'conto {} intestato a',
  ],
  card: [
    'Paid with {} on Monday.',
    'card {}, exp 12/27',
    'Karte: {}',
    '{}',
    'carte bancaire n° {}.',
    'número {} caducado',
  ],
  'national-id': [
    'The number {} was in the file.',
    'Nummer {}',
    '{}',
    'patient ({})',
    'numéro {} transmis',
    'DNI/NIE/CF: {}',
  ],
  name: ['We met {} in May.', '{}: "no comment"', 'geschrieben von {}', '{}', 'según {}, sí'],
};

const AFTER_WORD = ['{w} {}', 'Dr. X, {w} {}, room 4', 'Ask at the lab. {w} {}.'];

const DECOY_SENTENCES = [
  'The record {} was used.',
  'see {} for details',
  'Vgl. {}, Tabelle 3.',
  '{}',
  'd’après {} (2024)',
  '{}; {}',
  'según {}.',
];

const OF_KIND = {
  email: emailOf,
  phone: phoneOf,
  iban: ibanOf,
  card: cardOf,
  'national-id': nationalIdOf,
  name: nameOf,
} as const;
export type SampledKind = keyof typeof OF_KIND;

/**
 * Texts with known personal data, in several languages and forms, and texts that only look so. The values are made from
 * the public rules of their formats, by other ways than those by which detectors check them.
 *
 * @param perKind texts of each kind; there are half as many of each kind of decoy.
 */
export function personalDataSet(seed: number, perKind: number): readonly Sample[] {
  const random = seeded(seed);
  const samples: Sample[] = [];
  for (const kind of Object.keys(OF_KIND) as SampledKind[]) {
    for (let n = 0; n < perKind; n++) samples.push(sampleOf(random, kind));
  }
  for (const [name, make] of Object.entries(HARD_NEGATIVES)) {
    for (let n = 0; n < perKind / 2; n++) {
      const text = random.pick(DECOY_SENTENCES).replaceAll('{}', () => make(random));
      samples.push({ text, values: [], decoys: [name] });
    }
  }
  return samples;
}

function sampleOf(random: Random, kind: SampledKind): Sample {
  const value = OF_KIND[kind](random);
  const decoy = random.pick(Object.keys(HARD_NEGATIVES));
  // A decoy of digits right before or behind would be part of the number for a reader, too: a sentence lies between.
  const before = random.int(0, 3) === 0 ? `${HARD_NEGATIVES[decoy]!(random)}. Next: ` : '';
  const word = kind === 'phone' || kind === 'national-id' ? random.pick(WORDS[kind]) : '';
  const sentence =
    value.needsWord === true
      ? random.pick(AFTER_WORD).replace('{w}', word)
      : random.pick(SENTENCES[kind]);
  return {
    text: before + sentence.replace('{}', () => value.text),
    values: [{ kind, form: value.form, text: value.text }],
    decoys: before === '' ? [] : [decoy],
  };
}

function nameOf(random: Random): Value {
  const name = random.pick(SAMPLE_NAMES);
  const capitals = name.includes(' ') && random.int(0, 3) === 0;
  return { text: capitals ? name.toUpperCase() : name, form: capitals ? 'capitals' : 'as listed' };
}
