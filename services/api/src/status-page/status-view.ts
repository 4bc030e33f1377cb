import type { ReadinessCheck } from '@maestro/actors';
import type { ModelFigures } from '../read-model/model-figures.ts';
import type { Seen } from './recent.ts';

/** What the page shows. */
export interface StatusView {
  readonly nowMs: number;
  readonly readiness: Seen<readonly ReadinessCheck[]>;
  /** Undefined where there is no warehouse to ask. */
  readonly figures: Seen<ModelFigures> | undefined;
}
