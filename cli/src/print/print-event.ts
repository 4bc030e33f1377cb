import type { StoredEvent } from '@maestro/core';
import type { Output } from '../output.ts';
import { describeEvent } from './describe-event.ts';

/** One event as a line: sequence, time, type, what it says. */
export function eventLine(output: Output, event: StoredEvent): string {
  const sequence = String(event.sequence).padStart(5);
  const time = output.tone('quiet', event.at.slice(11, 23));
  const type = event.type.padEnd(13);
  return `${sequence}  ${time}  ${toned(output, event.type, type)} ${describeEvent(event)}`;
}

function toned(output: Output, type: StoredEvent['type'], text: string): string {
  if (type === 'error' || type === 'kill') return output.tone('bad', text);
  if (type === 'publish') return output.tone('good', text);
  if (type === 'sleep') return output.tone('quiet', text);
  return text;
}
