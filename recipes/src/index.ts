import { countdown } from './countdown.ts';
import { merge } from './merge.ts';
import { noop } from './noop.ts';
import { probe } from './probe.ts';
import { wait } from './wait.ts';
import { watch } from './watch.ts';

export { countdown, merge, noop, probe, wait, watch };

/** What the host loads from this package. */
export const recipes = [noop, countdown, wait, watch, merge, probe];
