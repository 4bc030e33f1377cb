import { redactJsonTexts, type TextRedactor } from '@maestro/core';
import type { TopicItem } from './topic-rows.ts';

/** Members of items that name something: items are told apart, found and traced by them. */
const NAMES: ReadonlySet<string> = new Set(['id', 'stream', 'tag', 'publisher', 'kind', 'at']);

/** An item without the personal data in its texts: before it is stored, and before predicates see it. */
export function redactItem(item: TopicItem['item'], texts: TextRedactor): TopicItem['item'] {
  const members = Object.entries(item);
  const free = Object.fromEntries(members.filter(([name]) => !NAMES.has(name)));
  const redacted = redactJsonTexts(free, texts);
  if (redacted === free) return item;
  return { ...Object.fromEntries(members.filter(([name]) => NAMES.has(name))), ...redacted };
}
