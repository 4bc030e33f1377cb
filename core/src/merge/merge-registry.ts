import { MaestroError } from '../errors/maestro-error.ts';
import { bestByScore } from './best-by-score.ts';
import { collect } from './collect.ts';
import type { MergeFunction } from './merge-function.ts';
import { threeWay } from './three-way.ts';

/** The merge functions that every host has. */
export const MERGE_FUNCTIONS: readonly MergeFunction[] = [collect, bestByScore, threeWay];

/** The merge functions that a host knows, by name. */
export class MergeRegistry {
  readonly #functions = new Map<string, MergeFunction>();

  /** @throws MaestroError `config.invalid` when two have the same name. */
  constructor(functions: readonly MergeFunction[]) {
    for (const one of functions) {
      if (this.#functions.has(one.name)) {
        throw new MaestroError('config.invalid', `there are two merge functions '${one.name}'`);
      }
      this.#functions.set(one.name, one);
    }
  }

  /** The function of a name, if it is known. */
  find(name: string): MergeFunction | undefined {
    return this.#functions.get(name);
  }

  /** @throws MaestroError `merge.function_unknown`, naming those that are known. */
  get(name: string): MergeFunction {
    const found = this.#functions.get(name);
    if (!found) {
      throw new MaestroError(
        'merge.function_unknown',
        `there is no merge function '${name.slice(0, 100)}'; known are ${[...this.#functions.keys()].join(', ')}`,
      );
    }
    return found;
  }
}
