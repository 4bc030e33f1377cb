/** The claims of a token. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * What a claim holds; undefined where it is not there.
 *
 * @param name name of a claim, or a JSON pointer to a member of one, such as `/realm_access/roles`.
 */
export function claimValue(claims: Claims, name: string): unknown {
  if (!name.startsWith('/')) return ownValue(claims, name);
  const steps = name.slice(1).split('/');
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, step) => ownValue(value, step), claims);
}

/** The texts that a claim holds, one or several; undefined where it holds something else. */
export function claimTexts(claims: Claims, name: string): readonly string[] | undefined {
  const value = claimValue(claims, name);
  if (value === undefined) return [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.every((one): one is string => typeof one === 'string') ? values : undefined;
}

function ownValue(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Claims)[name];
}
