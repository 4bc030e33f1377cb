/** Command line flags of a Dapr program, `--name=value` each; what is undefined is left out. */
export function daprFlags(
  flags: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values = Array.isArray(value) ? value : [value];
    return values.map((single) => `--${name}=${String(single)}`);
  });
}
