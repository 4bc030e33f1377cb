import { redactTexts } from '../privacy/redact-texts.ts';
import type { RedactionCounts } from '../privacy/redaction-kind.ts';
import type { TextRedactor } from '../privacy/text-redactor.ts';
import { EVENT_PAYLOADS, type EventDraft } from './event-payloads.ts';

/**
 * A draft with markers in place of the personal data in its free text, and with their counts. The very same draft when
 * there are none.
 */
export function redactDraft(draft: EventDraft, redactor: TextRedactor): EventDraft {
  const redactions: RedactionCounts = {};
  const payload = redactTexts(EVENT_PAYLOADS[draft.type], draft.payload, redactor, redactions);
  if (Object.keys(redactions).length === 0 && payload === draft.payload) return draft;
  return { ...draft, payload, redactions } as EventDraft;
}
