/** The roles that give permissions; any other name in a token only counts where a recipe asks for it. */
export const ROLES = ['researcher', 'reviewer', 'operator', 'admin', 'service'] as const;

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/** Whether a name is one of the roles that give permissions. */
export function isRole(name: string): name is Role {
  return (ROLES as readonly string[]).includes(name);
}

/** The names as they are; with a role that gives permissions added where there is none among them. */
export function withDefaultRole(names: readonly string[], role: Role): readonly string[] {
  return names.some(isRole) ? names : [...names, role];
}
