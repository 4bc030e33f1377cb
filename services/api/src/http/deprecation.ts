/** Days that a route works at least after it was said to be deprecated. */
export const MIN_DEPRECATION_DAYS = 180;

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** That a route is going to end. */
export interface Deprecation {
  /** When it was deprecated, as `YYYY-MM-DD`. */
  readonly since: string;
  /** When it may end, as `YYYY-MM-DD`: {@link MIN_DEPRECATION_DAYS} after that, or later. */
  readonly sunset: string;
  /** What to do instead, as a sentence. */
  readonly instead: string;
}

/**
 * What every answer of a deprecated route carries: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and where to read on.
 *
 * @throws RangeError when there is too little time between the two.
 */
export function deprecationHeaders({
  since,
  sunset,
}: Deprecation): Readonly<Record<'deprecation' | 'sunset' | 'link', string>> {
  const [sinceMs, sunsetMs] = [instantOf(since), instantOf(sunset)];
  if (sunsetMs - sinceMs < MIN_DEPRECATION_DAYS * DAY_MS) {
    throw new RangeError(
      `deprecated on ${since}, it has to work for ${MIN_DEPRECATION_DAYS} days, not until ${sunset}`,
    );
  }
  return {
    deprecation: `@${sinceMs / 1000}`,
    sunset: new Date(sunsetMs).toUTCString(),
    link: '</reference>; rel="deprecation"; type="text/html"',
  };
}

/** How it is said in the document. */
export function deprecationNotice({ since, sunset, instead }: Deprecation): string {
  return `Deprecated since ${since}; may end on ${sunset}. ${instead}`;
}

function instantOf(date: string): number {
  const ms = DATE.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(ms)) throw new RangeError(`${date} is not a date such as 2027-01-31`);
  return ms;
}
