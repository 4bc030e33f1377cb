import type { MaestroClient } from '@maestro/client';
import type { BenchStack } from '../stack/bench-stack.ts';
import type { Driver } from '../stack/driver.ts';

/** What forks are asked through. */
export interface ForkParts {
  readonly stack: BenchStack;
  readonly driver: Driver;
  readonly client: MaestroClient;
}

/** Calls of one kind that are timed, one at a time, and then what verifies them. */
export interface TimedCalls {
  readonly what: string;
  readonly size: number;
  /** @returns ms of each call. */
  readonly run: (count: number) => Promise<readonly number[]>;
  /** @returns how many logs or nodes were looked at. @throws Error when something is not as it should be. */
  readonly verify: () => Promise<number>;
}
