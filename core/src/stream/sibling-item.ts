import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { Instant } from '../wake/wake-condition.ts';

/** What a sibling published under a tag, as conditions of kind `sibling` see it. */
export const SiblingItem = z.looseObject({
  /** Unique among what the tag has seen. */
  id: z.string().min(1).max(200),
  tag: z.string().min(1).max(100),
  at: Instant,
  /** The id of the continuation that published it. */
  publisher: z.string().min(1).max(200),
  /** The kind of the artifact. */
  kind: z.string().min(1).max(100),
  value: JsonValue,
});
export type SiblingItem = z.infer<typeof SiblingItem>;
