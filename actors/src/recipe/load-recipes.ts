import { MaestroError, RecipeRegistry, type MergeFunction, type Recipe } from '@maestro/core';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Loads recipe packages: each specifier is a package name or the path of a module, and exports `recipes`, an array of
 * what `defineRecipe` returned; it may export `mergeFunctions` too.
 *
 * @throws MaestroError `config.invalid`, naming the package, when one cannot be loaded or exports no recipes.
 */
export async function loadRecipes(specifiers: readonly string[]): Promise<RecipeRegistry> {
  const recipes: Recipe[] = [];
  const functions: MergeFunction[] = [];
  for (const specifier of specifiers) {
    const isPath = /^[./]/.test(specifier) || path.isAbsolute(specifier);
    let loaded: unknown;
    try {
      loaded = await import(isPath ? pathToFileURL(path.resolve(specifier)).href : specifier);
    } catch (error) {
      throw new MaestroError(
        'config.invalid',
        `the recipe package '${specifier}' cannot be loaded: ${(error as Error).message}`,
        { cause: error },
      );
    }
    const { recipes: found, mergeFunctions = [] } = loaded as {
      readonly recipes?: unknown;
      readonly mergeFunctions?: unknown;
    };
    if (!Array.isArray(found) || !found.every(isRecipe)) {
      throw new MaestroError(
        'config.invalid',
        `the recipe package '${specifier}' exports no array 'recipes' of defineRecipe(...) results`,
      );
    }
    if (!Array.isArray(mergeFunctions) || !mergeFunctions.every(isMergeFunction)) {
      throw new MaestroError(
        'config.invalid',
        `the recipe package '${specifier}' exports 'mergeFunctions' that are not an array of merge functions`,
      );
    }
    recipes.push(...found);
    functions.push(...mergeFunctions);
  }
  return new RecipeRegistry(recipes, functions);
}

function isMergeFunction(value: unknown): value is MergeFunction {
  const one = value as Partial<MergeFunction> | null;
  return typeof one?.name === 'string' && typeof one.merge === 'function' && !!one.parameters;
}

function isRecipe(value: unknown): value is Recipe {
  const recipe = value as Partial<Recipe> | null;
  return (
    typeof recipe?.reference === 'string' &&
    typeof recipe.start === 'function' &&
    typeof recipe.steps === 'object'
  );
}
