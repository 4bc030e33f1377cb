import { countdown } from './countdown.js';
import { noop } from './noop.js';
import { wait } from './wait.js';
export { countdown, noop, wait };
/** What the host loads from this package. */
export const recipes = [noop, countdown, wait];
//# sourceMappingURL=index.js.map
