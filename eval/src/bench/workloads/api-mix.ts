import type { Random } from '@maestro/core/testing/personal-data';

/** What the clients of the benchmark ask, and how often in 100 calls: much is looked at, less is started. */
export const MIX = {
  'start a noop': 6,
  'start a countdown': 3,
  'start a wait': 7,
  signal: 7,
  get: 28,
  events: 16,
  list: 9,
  explain: 10,
  lineage: 6,
  tenant: 8,
} as const;
export type Asked = keyof typeof MIX;

const DECK = Object.entries(MIX).flatMap(([asked, weight]) =>
  Array.from({ length: weight }, () => asked as Asked),
);

/** What is asked next, by the weights. */
export function drawFromMix(random: Random): Asked {
  return random.pick(DECK);
}
