import type { z } from 'zod';
import { canonicalJson } from '../canonical/canonical-json.ts';
import { sha256Hex } from '../canonical/sha256.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import { redact } from '../privacy/redact.ts';
import type { RedactionCounts } from '../privacy/redaction-kind.ts';
import { EVENT_PAYLOADS, type EventDraft } from './event-payloads.ts';
import { EVENT_VERSION, type ContinuationEvent } from './stored-event.ts';

/** The largest row, in bytes: what fits an item of every supported store. */
export const MAX_ROW_BYTES = 350 * 1024;

/** What an event is sealed with, apart from its draft. */
export interface SealContext {
  readonly tenant: string;
  readonly continuation: string;
  readonly generation: number;
  readonly sequence: number;
  /** Hash of the event before. */
  readonly previous: string;
  readonly at: string;
  readonly commit: string;
  readonly done: number;
  readonly trace: { readonly traceId: string; readonly cause?: string | undefined };
  readonly salt: string;
}

/** An event and the text of its row. */
export interface SealedEvent {
  readonly event: ContinuationEvent;
  readonly row: string;
}

/**
 * Makes the stored form of an event: redacts what its schema marks as personal data, adds the envelope, hashes, and
 * writes the row. What `decide` returned is checked against the schema, so nothing unreadable can be stored.
 *
 * @throws MaestroError `event.too_large` over {@link MAX_ROW_BYTES}; `internal.error` for a payload that is not valid.
 */
export function sealEvent(draft: EventDraft, context: SealContext): SealedEvent {
  const schema: z.ZodType = EVENT_PAYLOADS[draft.type];
  const checked = schema.safeParse(draft.payload);
  if (!checked.success) {
    throw new MaestroError('internal.error', `a ${draft.type} event was made that is not valid`, {
      cause: checked.error,
    });
  }
  const payload = canonicalJson(redact(schema, checked.data));
  const payloadHash = sha256Hex(`${context.salt}\n${payload}`);
  const { before, after } = envelopeText(draft.type, context);
  const redactions = redactionsText(draft.redactions);
  const hash = sha256Hex(`${context.previous}\n{${before},${redactions}${after}}\n${payloadHash}`);
  // The canonical text of the row, put together from parts that are canonical already (a test compares them): the
  // members of the row that are not the envelope's sort between `generation` and `sequence`, `redactions` among them.
  const row = `{${before},"hash":"${hash}","payload":${payload},"payloadHash":"${payloadHash}",${redactions}"salt":"${context.salt}",${after}}`;
  const bytes = Buffer.byteLength(row);
  if (bytes > MAX_ROW_BYTES) {
    throw new MaestroError(
      'event.too_large',
      `the ${draft.type} event of ${context.continuation} would take ${bytes} bytes, at most ${MAX_ROW_BYTES} can be stored`,
    );
  }
  // What is folded now is what a later reader of the row folds.
  return { event: JSON.parse(row) as ContinuationEvent, row };
}

/** The member of an envelope with what was taken out of the payload; empty without any. */
function redactionsText(redactions: RedactionCounts = {}): string {
  return Object.keys(redactions).length === 0 ? '' : `"redactions":${canonicalJson(redactions)},`;
}

/** The canonical text of an envelope, cut where a row's other members go. */
function envelopeText(
  type: string,
  context: SealContext,
): { readonly before: string; readonly after: string } {
  const { trace } = context;
  const cause = trace.cause === undefined ? '' : `"cause":${JSON.stringify(trace.cause)},`;
  return {
    before:
      `"at":"${context.at}","commit":${JSON.stringify(context.commit)},"continuation":"${context.continuation}",` +
      `"done":${context.done},"generation":${context.generation}`,
    after:
      `"sequence":${context.sequence},"tenant":"${context.tenant}",` +
      `"trace":{${cause}"traceId":"${trace.traceId}"},"type":"${type}","version":${EVENT_VERSION}`,
  };
}
