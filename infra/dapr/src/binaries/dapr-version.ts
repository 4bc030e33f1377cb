/** The Dapr release that is built when none is installed. */
export const DAPR_VERSION = '1.18.2';

/** The oldest Dapr release that is taken from the PATH. */
export const MINIMUM_DAPR_VERSION = '1.18.0';

/** The oldest Go that builds this Dapr. */
export const MINIMUM_GO_VERSION = '1.26.0';

/** The first `major.minor[.patch]` in a text, as in `go version go1.26.8 linux/amd64`; undefined when there is none. */
export function findVersion(text: string): string | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : `${match[1]}.${match[2]}.${match[3] ?? '0'}`;
}

/** True when `version` is not older than `minimum`, both as `major.minor.patch`. */
export function isAtLeast(version: string, minimum: string): boolean {
  const actual = version.split('.').map(Number);
  for (const [index, wanted] of minimum.split('.').map(Number).entries()) {
    const part = actual[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
