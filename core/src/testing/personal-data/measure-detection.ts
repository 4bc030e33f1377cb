import {
  countMarkers,
  type RedactionCounts,
  type RedactionKind,
} from '../../privacy/redaction-kind.ts';
import type { TextRedactor } from '../../privacy/text-redactor.ts';
import type { Sample } from './personal-data-set.ts';

/** How well values of one kind were found. */
export interface KindQuality {
  readonly kind: RedactionKind;
  /** Values that there were. */
  readonly values: number;
  /** Share of these that are gone, with a marker of their kind. */
  readonly recall: number;
  /** Share of the kind's markers that stand for a value. */
  readonly precision: number;
}

/** How well a redactor does on texts of which is known what is in them. */
export function measureDetection(
  samples: readonly Sample[],
  redactor: TextRedactor,
): { readonly kinds: readonly KindQuality[]; readonly misses: readonly string[] } {
  const tally = new Map<RedactionKind, { values: number; right: number; markers: number }>();
  const of = (kind: RedactionKind) => {
    const known = tally.get(kind) ?? { values: 0, right: 0, markers: 0 };
    tally.set(kind, known);
    return known;
  };
  const misses: string[] = [];
  for (const { text, values, decoys } of samples) {
    const result = redactor.redact(text);
    const markers: RedactionCounts = {};
    countMarkers(result, markers);
    const left = { ...markers };
    for (const { kind, form, text: value } of values) {
      of(kind).values++;
      if (!result.includes(value) && (left[kind] ?? 0) > 0) {
        of(kind).right++;
        left[kind] = (left[kind] ?? 0) - 1;
      } else {
        misses.push(`missed ${kind} (${form}): ${text} -> ${result}`);
      }
    }
    for (const [name, count] of Object.entries(markers)) of(name as RedactionKind).markers += count;
    for (const [name, count] of Object.entries(left)) {
      if (count > 0) misses.push(`false ${name} (${decoys.join()}): ${text} -> ${result}`);
    }
  }
  const kinds = Array.from(tally, ([kind, { values, right, markers }]) => ({
    kind,
    values,
    recall: values === 0 ? 1 : right / values,
    precision: markers === 0 ? 1 : right / markers,
  }));
  return { kinds, misses };
}
