import { InvalidArgumentError } from 'commander';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A duration such as `30d`, `90m` or `1d12h`, in ms. */
export function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)];
  const ms = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit as keyof typeof UNITS],
    0,
  );
  if (parts.map(([part]) => part).join('') !== text || ms < 1) {
    throw new InvalidArgumentError('It takes a duration such as 30d, 90m or 1d12h.');
  }
  return Math.round(ms);
}
