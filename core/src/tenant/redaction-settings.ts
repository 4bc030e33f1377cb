import { z } from 'zod';
import { REDACTION_KINDS } from '../privacy/redaction-kind.ts';

/** Kinds that have a detector of their own, and are looked for unless a tenant says otherwise. */
const DETECTED_KINDS = REDACTION_KINDS.filter((kind) => kind !== 'name');

/** Names of one tenant at most. */
const MAX_NAMES = 1_000;

/** What is taken out of a tenant's free text before it is stored. */
export const RedactionSettings = z.strictObject({
  /** Kinds that are looked for. @default all */
  kinds: z
    .array(z.enum(DETECTED_KINDS))
    .max(20)
    .default(() => [...DETECTED_KINDS]),
  /** Names of people to take out, as kind `name`. @default none */
  names: z.array(z.string().min(2).max(100).regex(/\p{L}/u)).max(MAX_NAMES).default([]),
});
export type RedactionSettings = z.infer<typeof RedactionSettings>;

/** The settings as they are stored: a release passes over kinds that only a later one knows. */
export const StoredRedactionSettings = z.looseObject({
  kinds: z.array(z.string()).default(() => [...DETECTED_KINDS]),
  names: z.array(z.string()).default([]),
});
export type StoredRedactionSettings = z.infer<typeof StoredRedactionSettings>;
