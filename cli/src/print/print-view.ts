import type { ContinuationView } from '@maestro/client';
import type { ContinuationStatus } from '@maestro/core';
import type { Output, Tone } from '../output.ts';
import { waitWords } from './describe-event.ts';
import { eventLine } from './print-event.ts';
import { relativeTime } from './relative-time.ts';

const TONES: Readonly<Record<ContinuationStatus, Tone>> = {
  running: 'busy',
  sleeping: 'quiet',
  paused: 'busy',
  completed: 'good',
  failed: 'bad',
  killed: 'bad',
};

/** What a status means for whoever looks. */
export function statusTone(status: ContinuationStatus): Tone {
  return TONES[status];
}

/** A status in its colour, as wide as the longest one. */
export function statusWord(output: Output, status: ContinuationStatus, width = 0): string {
  return output.tone(TONES[status], status.padEnd(width));
}

/** A continuation for people. */
export function viewLines(output: Output, view: ContinuationView, nowMs: number): string[] {
  const { budget, lastWake, activity, paused, sealed } = view;
  const row = (name: string, text: string): string =>
    `  ${output.tone('quiet', name.padEnd(10))} ${text}`;
  return [
    `${output.tone('strong', view.id)}  ${statusWord(output, view.status)}  ${view.recipe}`,
    row('objective', view.goal.objective),
    ...view.waitingFor.map((condition) => row('waits for', waitWords(condition))),
    ...(view.dueAt === null ? [] : [row('due', relativeTime(view.dueAt, nowMs))]),
    ...(activity ? [row('activity', activityWords(activity))] : []),
    ...(paused
      ? [row('paused', `${relativeTime(paused.since, nowMs)} by ${paused.by.subject}`)]
      : []),
    ...(sealed
      ? [row('sealed', `${relativeTime(sealed.since, nowMs)} by ${sealed.by.subject}`)]
      : []),
    ...(view.result ? [row('result', JSON.stringify(view.result.value))] : []),
    ...(view.failure ? [row('failure', `${view.failure.code}: ${view.failure.message}`)] : []),
    ...(lastWake
      ? [
          row(
            'last wake',
            `${relativeTime(lastWake.at, nowMs)} by ${lastWake.cause.kind}, ${lastWake.lateMs} ms late`,
          ),
        ]
      : []),
    row('budget', budgetWords(budget)),
    ...familyRows(view).map(([name, text]) => row(name, text)),
    row('created', relativeTime(view.createdAt, nowMs)),
    row('trace', view.traceId),
    row('log', `${view.sequence} events, ${view.tick} ticks, generation ${view.generation}`),
    ...view.lastEvents.map((event) => eventLine(output, event)),
  ];
}

function budgetWords({ spentUsd, capUsd, grantedUsd }: ContinuationView['budget']): string {
  const granted = grantedUsd > 0 ? `, $${grantedUsd.toFixed(2)} handed on to children` : '';
  return `$${spentUsd.toFixed(2)} of $${capUsd.toFixed(2)}${granted}`;
}

function familyRows({
  lineage,
  children,
}: ContinuationView): readonly (readonly [string, string])[] {
  return [
    ...lineage.parents.map(
      ({ id, kind, sequence }) =>
        [kind === 'fork' ? 'fork of' : 'merge of', `${id}, event ${sequence}`] as const,
    ),
    ...(children > 0 ? [['children', String(children)] as const] : []),
  ];
}

function activityWords(activity: NonNullable<ContinuationView['activity']>): string {
  switch (activity.kind) {
    case 'next':
      return `step ${activity.step} is next`;
    case 'running':
      return `step ${activity.stepId} runs (attempt ${activity.attempt})`;
    case 'retry':
      return `step ${activity.stepId} is tried again (attempt ${activity.attempt}) at ${activity.at}`;
  }
}
