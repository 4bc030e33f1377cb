import type { Program } from './cel-environment.ts';
import type { PredicateCost } from './cost-limit.ts';
import { equalitiesOf, type Equality } from './equalities.ts';
import { explainFailure } from './explain-failure.ts';
import { ASSUMED_SHAPE, estimateCost } from './predicate-cost.ts';
import type { ItemOf, PredicateKind } from './predicate-kind.ts';
import { PreparedItem } from './prepared-item.ts';
import { requiredPaths } from './required-paths.ts';
import { conjunctsOf, readPath } from './syntax.ts';

/** The most that a predicate with a loop may cost on an item as it is; one that would cost more does not match. */
export const MAX_EVALUATION_COST = 2_000_000;

/** Whether an item matches, and why not. */
export interface PredicateResult {
  readonly matched: boolean;
  /** `matched`, or what failed, in one line. */
  readonly reason: string;
}

/** A compiled predicate; see `compilePredicate`. Pure: an item matches or it does not, whenever it is asked. */
export class Predicate<Kind extends PredicateKind> {
  readonly kind: Kind;
  readonly text: string;
  /** What it costs on an item of the assumed shape, in units of at most about 50 ns. */
  readonly cost: number;
  /** Conditions of the form `path == "text"` that every item it matches meets: what an index may go by. */
  readonly equalities: readonly Equality[];
  readonly #program: Program;
  readonly #loops: boolean;
  readonly #onlyEqualities: boolean;
  readonly #required: readonly (readonly string[])[];

  constructor(kind: Kind, text: string, program: Program, cost: PredicateCost) {
    this.kind = kind;
    this.text = text;
    this.cost = cost.units;
    this.equalities = equalitiesOf(program.ast);
    this.#program = program;
    this.#loops = cost.loops;
    this.#required = requiredPaths(program.ast);
    this.#onlyEqualities = this.equalities.length === conjunctsOf(program.ast).length;
  }

  /** Whether an item matches. Never throws: what cannot be evaluated does not match. */
  matches(item: ItemOf<Kind>): boolean {
    return this.matchesPrepared(new PreparedItem(this.kind, item));
  }

  /** Why an item does not match, in one line, or `matched`. Never throws; slower than `matches`. */
  explain(item: ItemOf<Kind>): string {
    const prepared = new PreparedItem(this.kind, item);
    if (this.matchesPrepared(prepared)) return 'matched';
    if (this.#loops && this.#costOf(prepared) > MAX_EVALUATION_COST) return TOO_LARGE;
    return explainFailure(this.kind, this.text, this.#program.ast, prepared);
  }

  /** Whether an item matches, and why not. Never throws. */
  test(item: ItemOf<Kind>): PredicateResult {
    const reason = this.explain(item);
    return { matched: reason === 'matched', reason };
  }

  /** As `matches`, for an item that several predicates are asked about. */
  matchesPrepared(prepared: PreparedItem<Kind>): boolean {
    try {
      for (const { steps, value } of this.equalities) {
        if (readPath(prepared.item, steps) !== value) return false;
      }
      if (this.#onlyEqualities) return true;
      for (const path of this.#required) {
        if (readPath(prepared.item, path) === undefined) return false;
      }
      if (this.#loops && this.#costOf(prepared) > MAX_EVALUATION_COST) return false;
      return this.#evaluate(prepared) === true;
    } catch {
      return false;
    }
  }

  #evaluate(prepared: PreparedItem<Kind>): unknown {
    // Errors are how CEL says that something is missing, and nobody sees their stacks: those cost four times the rest.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return this.#program(prepared.context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  #costOf({ shape }: PreparedItem<Kind>): number {
    const { elements, nodes, chars } = ASSUMED_SHAPE;
    const small = shape.elements <= elements && shape.nodes <= nodes && shape.chars <= chars;
    return small ? this.cost : estimateCost(this.kind, this.#program.ast, shape).units;
  }
}

const TOO_LARGE = 'the item holds too much for the loops of this predicate';
