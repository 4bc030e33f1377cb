import { MaestroError, RecipeRegistry, type Recipe } from '@maestro/core';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Loads recipe packages: each specifier is a package name or the path of a module, and exports `recipes`, an array of
 * what `defineRecipe` returned.
 *
 * @throws MaestroError `config.invalid`, naming the package, when one cannot be loaded or exports no recipes.
 */
export async function loadRecipes(specifiers: readonly string[]): Promise<RecipeRegistry> {
  const recipes: Recipe[] = [];
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
    const found = (loaded as { recipes?: unknown }).recipes;
    if (!Array.isArray(found) || !found.every(isRecipe)) {
      throw new MaestroError(
        'config.invalid',
        `the recipe package '${specifier}' exports no array 'recipes' of defineRecipe(...) results`,
      );
    }
    recipes.push(...found);
  }
  return new RecipeRegistry(recipes);
}

function isRecipe(value: unknown): value is Recipe {
  const recipe = value as Partial<Recipe> | null;
  return (
    typeof recipe?.reference === 'string' &&
    typeof recipe.start === 'function' &&
    typeof recipe.steps === 'object'
  );
}
