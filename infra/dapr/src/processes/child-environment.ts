/** Variables of the launcher that must not change what its children do. */
const NOT_INHERITED = /^(DAPR_|VITEST|APP_API_TOKEN$|NAMESPACE$|APP_ID$|APP_PORT$|NODE_OPTIONS$)/;

/**
 * The launcher's environment without what would leak into a child: Dapr's own variables (an
 * API token, another sidecar's ports), the test runner's, and `NODE_ENV=test`.
 */
export function inheritedEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || NOT_INHERITED.test(name)) continue;
    if (name === 'NODE_ENV' && value === 'test') continue;
    inherited[name] = value;
  }
  return inherited;
}
