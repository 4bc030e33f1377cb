import type { z } from 'zod';
import type { JsonValue } from '../canonical/json-value.ts';
import type { MergeInputRow, MergeOutcome } from './merge-models.ts';

/** What a parent brings into a merge: what it completed with (null when it did not), and its recipe's state. */
export type MergeInput = Pick<MergeInputRow, 'parent' | 'status' | 'sequence' | 'result' | 'state'>;

/** What a merge function may know besides its inputs. */
export interface MergeContext {
  readonly parameters: unknown;
  /** The recipe's state of the nearest common ancestor, as of the fork; undefined when there is none. */
  readonly ancestor: JsonValue | undefined;
}

/** Makes one value of what several continuations have: pure, so that a merge can be decided again after a lost commit. */
export interface MergeFunction {
  /** Lower case letters, digits and hyphens. */
  readonly name: string;
  /** One line for people who choose a function. */
  readonly description: string;
  /** Schema of the function's parameters. */
  readonly parameters: z.ZodType;
  /** Whether it has to know the parents' common ancestor. */
  readonly usesAncestor?: boolean;
  /**
   * @param inputs in the order in which the merge names its parents; at least one.
   * @throws MaestroError `merge.failed` when the inputs cannot be merged.
   */
  readonly merge: (inputs: readonly MergeInput[], context: MergeContext) => MergeOutcome;
}
