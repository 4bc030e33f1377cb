import { MaestroError } from '../errors/maestro-error.ts';
import type { MergeFunction } from '../merge/merge-function.ts';
import { MERGE_FUNCTIONS, MergeRegistry } from '../merge/merge-registry.ts';
import type { Recipe } from './define-recipe.ts';

/** The recipes and merge functions that a process knows, by name. */
export class RecipeRegistry {
  readonly #recipes = new Map<string, Recipe>();

  readonly merges: MergeRegistry;

  /**
   * @param functions merge functions beside those that every host has.
   * @throws MaestroError `config.invalid` when two recipes have the same reference, or two functions the same name.
   */
  constructor(recipes: Iterable<Recipe>, functions: readonly MergeFunction[] = []) {
    this.merges = new MergeRegistry([...MERGE_FUNCTIONS, ...functions]);
    for (const recipe of recipes) {
      if (this.#recipes.has(recipe.reference)) {
        throw new MaestroError('config.invalid', `the recipe ${recipe.reference} is there twice`);
      }
      this.#recipes.set(recipe.reference, recipe);
    }
  }

  /** @throws MaestroError `recipe.unknown`, naming the ones that there are. */
  get(reference: string): Recipe {
    const recipe = this.#recipes.get(reference);
    if (!recipe) {
      const known = [...this.#recipes.keys()].sort().slice(0, 20).join(', ');
      throw new MaestroError(
        'recipe.unknown',
        `there is no recipe ${reference}; there is ${known}`,
      );
    }
    return recipe;
  }

  /** A recipe that may not be there. */
  find(reference: string): Recipe | undefined {
    return this.#recipes.get(reference);
  }

  /** All recipes, by reference. */
  list(): readonly Recipe[] {
    return [...this.#recipes.values()];
  }
}
