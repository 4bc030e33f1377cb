import { redact, type RecipeRegistry } from '@maestro/core';

/** Parameters without what their recipe's schema marks as personal data; the very same where it marks nothing, or is not known. */
export function unflagged<T>(
  recipes: Pick<RecipeRegistry, 'find'>,
  reference: string,
  parameters: T,
): T {
  const recipe = recipes.find(reference);
  return recipe ? (redact(recipe.parameters, parameters) as T) : parameters;
}
