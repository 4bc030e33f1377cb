/** Kinds of personal data that are found in free text. `name` is found by a tenant's own list alone. */
export const REDACTION_KINDS = ['email', 'phone', 'iban', 'card', 'national-id', 'name'] as const;
export type RedactionKind = (typeof REDACTION_KINDS)[number];

/** How many values of each kind were taken out; kinds that did not occur are left out. */
export type RedactionCounts = { [K in RedactionKind]?: number };

/** What stands where a value of a kind stood. */
export function redactionMarker(kind: RedactionKind): string {
  return `[redacted:${kind}]`;
}

const MARKERS = new RegExp(`\\[redacted:(${REDACTION_KINDS.join('|')})\\]`, 'g');

/** Adds counts to others. */
export function addCounts(counts: RedactionCounts, more: RedactionCounts): void {
  for (const [name, count] of Object.entries(more)) {
    const kind = name as RedactionKind;
    counts[kind] = (counts[kind] ?? 0) + count;
  }
}

/** Adds the markers that a text holds to the counts, by kind. */
export function countMarkers(text: string, counts: RedactionCounts): void {
  if (!text.includes('[redacted:')) return;
  for (const [, name] of text.matchAll(MARKERS)) {
    const kind = name as RedactionKind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
}
