import type { StoredRedactionSettings } from '../tenant/redaction-settings.ts';
import { matchesOf, type Detector, type Span } from './detectors/detector.ts';
import { emailDetector } from './detectors/email.ts';
import { ibanDetector } from './detectors/iban.ts';
import { nameDetector } from './detectors/name.ts';
import { numberStretches } from './detectors/number-stretch.ts';
import { nationalIdDetector } from './detectors/national-id.ts';
import { cardDetector } from './detectors/payment-card.ts';
import { phoneDetector } from './detectors/phone.ts';
import { redactionMarker, type RedactionKind } from './redaction-kind.ts';

/** Replaces personal data in texts. */
export interface TextRedactor {
  /**
   * The text with a marker in place of each value that was found; the very same text when there is none. Idempotent, never
   * throws, and takes time that grows no faster than the text.
   *
   * @param label what the text is called where it stands, such as the name of its JSON member: a word that may tell what a
   * number is. @default none
   */
  redact(text: string, label?: string): string;
}

/** In the order in which they have their say: where two find something at one place, the first does. */
const DETECTORS: readonly Detector[] = [
  ibanDetector,
  emailDetector,
  cardDetector,
  nationalIdDetector,
  phoneDetector,
];

/** Addresses and identifiers of publications: digits in them are nobody's. */
const ADDRESSES =
  /\b(?:https?|ftp|s3|gs|file):\/\/[^\s"'<>]+|\b(?:doi|urn|arxiv):[^\s"'<>]+|\binfo:(?:doi|hdl|lccn|pmid|oclcnum|sici|arxiv)\/[^\s"'<>]+|\b10\.\d{4,9}\/[^\s"'<>]+/gi;

/** What is left of a value that another one overlapped may be found by a further look; more than this many are not needed. */
const MAX_LOOKS = 4;

/** Leaves every text as it is. */
export const redactNothing: TextRedactor = { redact: (text) => text };

const made = new WeakMap<StoredRedactionSettings, TextRedactor>();

/** Replaces what the detectors of the settings' kinds find, and its names. Kinds of a newer release are passed over. */
export function textRedactorOf(settings: StoredRedactionSettings): TextRedactor {
  let redactor = made.get(settings);
  if (!redactor) made.set(settings, (redactor = make(settings)));
  return redactor;
}

function make({ kinds, names }: StoredRedactionSettings): TextRedactor {
  const wanted = DETECTORS.filter(({ kind }) => kinds.includes(kind));
  const detectors = names.length === 0 ? wanted : [...wanted, nameDetector(names)];
  if (detectors.length === 0) return redactNothing;
  // `a@b.co`; names may be of two letters.
  const shortest = names.length === 0 ? 6 : 2;
  return {
    redact: (text, label = '') => {
      if (text.length < shortest) return text;
      let current = text;
      for (let look = 0; look < MAX_LOOKS; look++) {
        const next = replaced(current, label, detectors);
        if (next === current) break;
        current = next;
      }
      return current;
    },
  };
}

interface Found extends Span {
  readonly kind: RedactionKind;
}

function replaced(text: string, label: string, detectors: readonly Detector[]): string {
  const searched = { text, label, numbers: numberStretches(text) };
  const all: Found[] = [];
  for (const detector of detectors) {
    for (const { start, end } of detector.find(searched)) {
      all.push({ start, end, kind: detector.kind });
    }
  }
  if (all.length === 0) return text;
  const found = withoutOverlaps(inTexts(all, text));
  let result = '';
  let from = 0;
  for (const { start, end, kind } of found) {
    result += text.slice(from, start) + redactionMarker(kind);
    from = end;
  }
  return result + text.slice(from);
}

const MARKERS = /\[redacted(?::[a-z-]+)?\]/g;

/**
 * In order, without numbers in addresses, and without what is a marker's own.
 */
function inTexts(all: readonly Found[], text: string): readonly Found[] {
  const inMarker = overlapWith(spansIn(MARKERS, text), 0);
  const inAddress = overlapWith(spansIn(ADDRESSES, text), 0);
  return all
    .toSorted((a, b) => a.start - b.start)
    .filter(
      (one) => !inMarker(one) && (one.kind === 'email' || one.kind === 'name' || !inAddress(one)),
    );
}

function spansIn(expression: RegExp, text: string): readonly Span[] {
  return matchesOf(expression, text).map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Whether a span overlaps one of some, or comes as near as `near`; to be asked of spans in order. */
function overlapWith(spans: readonly Span[], near: number): (one: Span) => boolean {
  let next = 0;
  return ({ start, end }) => {
    while (next < spans.length && (spans[next]?.end ?? 0) + near <= start) next++;
    return (spans[next]?.start ?? Infinity) < end + near;
  };
}

/** Of spans in order, those that are not covered by one whose kind goes first. */
function withoutOverlaps(sorted: readonly Found[]): readonly Found[] {
  const kept: Found[] = [];
  for (const one of sorted) {
    const last = kept.at(-1);
    if (!last || last.end <= one.start) kept.push(one);
    else if (rank(one) < rank(last)) kept[kept.length - 1] = one;
  }
  return kept;
}

function rank({ kind }: Found): number {
  const index = DETECTORS.findIndex((detector) => detector.kind === kind);
  return index < 0 ? DETECTORS.length : index;
}
