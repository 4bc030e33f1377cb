import { countdown } from './countdown.ts';
import { noop } from './noop.ts';
import { wait } from './wait.ts';
export { countdown, noop, wait };
/** What the host loads from this package. */
export declare const recipes: import('@maestro/core').Recipe[];
//# sourceMappingURL=index.d.ts.map
