import type { z } from 'zod';
import { Budget } from '../budget/budget.ts';
import { ContinuationState } from '../continuation/continuation-state.ts';
import { Decision } from '../decision/decision.ts';
import { EVENT_PAYLOADS } from '../event/event-payloads.ts';
import { StoredEvent } from '../event/stored-event.ts';
import { FieldManifest } from '../field/field-manifest.ts';
import { GoalFrame } from '../goal/goal-frame.ts';
import { Lineage } from '../lineage/lineage.ts';
import { Artifact, StepOutcome } from '../recipe/step-outcome.ts';
import { WakeCause } from '../wake/wake-cause.ts';
import { WakeCondition } from '../wake/wake-condition.ts';

/** A model that is published as a JSON Schema. */
export interface PublishedModel {
  /** File name without `.schema.json`. */
  readonly name: string;
  readonly title: string;
  readonly schema: z.ZodType;
  /** What the schema describes: what people write (`input`: defaults may be left out), or what is stored (`output`). */
  readonly io: 'input' | 'output';
}

const stored = (name: string, title: string, schema: z.ZodType): PublishedModel => ({
  name,
  title,
  schema,
  io: 'output',
});

/** Every model that others may read or write. */
export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  { name: 'goal-frame', title: 'Goal frame', schema: GoalFrame, io: 'input' },
  stored('continuation-state', 'State of a continuation (head row)', ContinuationState),
  stored('stored-event', 'Event (log row)', StoredEvent),
  ...Object.entries(EVENT_PAYLOADS).map(([type, schema]) =>
    stored(`event-${type.replaceAll('_', '-')}`, `Payload of a ${type} event`, schema),
  ),
  stored('budget', 'Budget', Budget),
  stored('wake-condition', 'Wake condition', WakeCondition),
  stored('wake-cause', 'Wake cause', WakeCause),
  stored('lineage', 'Lineage', Lineage),
  stored('decision', 'Decision of the policy kernel', Decision),
  stored('field-manifest', 'Field manifest', FieldManifest),
  stored('step-outcome', 'Outcome of a step', StepOutcome),
  stored('artifact', 'Artifact', Artifact),
];
