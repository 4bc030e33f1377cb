import type { ContinuationEvent } from '@maestro/core';

/** The topic on which every committed event is published. */
export const EVENTS_TOPIC = 'maestro-events';

/** Something to be done in the world because of an event; each is safe to do again. */
export type Effect =
  | { readonly kind: 'publish' }
  | {
      readonly kind: 'start-step';
      readonly step: string;
      readonly stepId: string;
      readonly attempt: number;
    };

/** What follows from an event outside its continuation. Pure: after a crash the same effects are found again. */
export function effectsOf(event: ContinuationEvent): readonly Effect[] {
  const publish: Effect = { kind: 'publish' };
  if (event.type === 'step' && event.payload.phase === 'intended') {
    const { step, stepId, attempt } = event.payload;
    return [publish, { kind: 'start-step', step, stepId, attempt }];
  }
  return [publish];
}

/** Body of a message on {@link EVENTS_TOPIC}: consecutive rows of one log, as they are stored. */
export interface EventsMessage {
  readonly tenant: string;
  readonly continuation: string;
  /** Sequence of the first row. */
  readonly from: number;
  readonly rows: readonly string[];
}
