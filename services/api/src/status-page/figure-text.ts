const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const RATE = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const SHORT = new Intl.NumberFormat('en-US', {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});
const DOLLARS = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const SMALL_DOLLARS = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumSignificantDigits: 2,
});

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** What stands where nothing was measured. */
export const NOTHING = '–';

/** A whole number: `88,102`. */
export function countText(count: number): string {
  return WHOLE.format(count);
}

/** How many there were a minute on average: `57.2`. */
export function rateText(count: number, minutes: number): string {
  const rate = count / minutes;
  return rate > 0 && rate < 0.05 ? '< 0.1' : RATE.format(rate);
}

/** A span of time by three digits: `0 ms`, `1.24 s`, `2.1 min`. */
export function spanText(ms: number | null): string {
  if (ms === null) return NOTHING;
  const [name, unitMs] = UNITS.find(([, least]) => ms >= least) ?? [];
  if (unitMs === undefined) return `${WHOLE.format(ms)} ms`;
  return `${SHORT.format(ms / unitMs)} ${name}`;
}

/** Millionths of a US dollar as dollars: `$12.34`, `$0.0042`, `$0`. */
export function moneyText(microUsd: number | null): string {
  if (microUsd === null) return NOTHING;
  const usd = microUsd / 1_000_000;
  if (usd === 0) return '$0';
  return `$${(usd < 0.01 ? SMALL_DOLLARS : DOLLARS).format(usd)}`;
}

/** A share of a whole: `0.8 %`. */
export function shareText(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = (100 * part) / whole;
  return percent < 0.1 ? '< 0.1 %' : `${RATE.format(percent)} %`;
}

/** The time of day of an instant, UTC: `12:31:05`. */
export function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** The minute of an instant, UTC: `12:31`. */
export function minuteText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}
