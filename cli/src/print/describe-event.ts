import { upcast, type ContinuationEvent, type StoredEvent } from '@maestro/core';
import { shortDuration } from './relative-time.ts';

/** What an event says, in a few words. */
export function describeEvent(stored: StoredEvent): string {
  if (stored.salt === null) return '(erased)';
  let event: ContinuationEvent;
  try {
    event = upcast(stored);
  } catch {
    return '(of a version that this release does not know)';
  }
  switch (event.type) {
    case 'spawn':
      return `${event.payload.goal.recipe}: ${clipped(event.payload.goal.objective)}`;
    case 'wake': {
      const { cause, tick, lateMs } = event.payload;
      const late = cause.kind === 'timer' || cause.kind === 'timeout' ? `, ${lateMs} ms late` : '';
      return `tick ${tick} by ${causeWords(cause)}${late}`;
    }
    case 'sleep':
      return `until ${waitWords(event.payload.wake)}`;
    case 'step':
      return stepWords(event.payload);
    case 'publish': {
      const { artifact, final } = event.payload;
      return `${final ? 'completed with' : artifact.kind} ${clipped(JSON.stringify(artifact.value))}`;
    }
    case 'kill':
      return event.payload.reason;
    case 'error': {
      const { code, message, retryAt } = event.payload;
      return `${code}: ${clipped(message)}${retryAt === undefined ? '' : `, again at ${retryAt}`}`;
    }
    case 'human_signal':
      return `${event.payload.signal} by ${event.payload.by.subject}`;
    case 'budget_charge':
      return `$${(event.payload.microUsd / 1_000_000).toFixed(4)} for ${event.payload.stepId}`;
    case 'model_call':
      return `${event.payload.tier} ${event.payload.model}, ${shortDuration(event.payload.latencyMs)}`;
    case 'tool_call':
      return `${event.payload.tool}, ${shortDuration(event.payload.latencyMs)}`;
    case 'fork':
      return `${event.payload.children.length} children`;
    case 'merge':
      return `as ${event.payload.role} by ${event.payload.function}`;
  }
}

type Payload<T extends ContinuationEvent['type']> = Extract<
  ContinuationEvent,
  { type: T }
>['payload'];

function stepWords(payload: Payload<'step'>): string {
  const attempt = payload.attempt === 1 ? '' : ` (attempt ${payload.attempt})`;
  if (payload.phase === 'intended') return `${payload.stepId} begins${attempt}`;
  return `${payload.stepId} ${payload.outcome.kind === 'interrupted' ? 'was interrupted' : `says ${payload.outcome.kind}`}${attempt}`;
}

/** What woke it, in a few words. */
export function causeWords(cause: Payload<'wake'>['cause']): string {
  switch (cause.kind) {
    case 'human':
      return `signal ${cause.signal}`;
    case 'timeout':
      return `timeout of ${cause.signal}`;
    case 'stream':
      return `stream ${cause.stream}`;
    case 'sibling':
      return `sibling under ${cause.tag}`;
    case 'parents':
      return cause.at === undefined ? `${cause.ended} parents` : `the deadline ${cause.at}`;
    case 'spawn':
    case 'timer':
      return cause.kind;
  }
}

/** What a sleep waits for, in a few words. */
export function waitWords(condition: Payload<'sleep'>['wake']): string {
  switch (condition.kind) {
    case 'timer':
      return condition.at;
    case 'human':
      return `signal ${condition.signal}${condition.timeout === undefined ? '' : `, at the latest ${condition.timeout}`}`;
    case 'stream':
      return `an item of ${condition.stream}`;
    case 'sibling':
      return `a sibling under ${condition.tag}`;
    case 'parents':
      return `${condition.need} parents to end${condition.deadline === undefined ? '' : `, at the latest until ${condition.deadline}`}`;
    case 'anyOf':
      return condition.conditions.map(waitWords).join(' or ');
  }
}

function clipped(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
