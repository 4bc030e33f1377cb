import { CONDITION, ServiceBusError } from '../service-bus-error.ts';
import { isBelow, pathOfAddress } from './sas-token.ts';

/** What the tokens of one connection allow, and until when. */
export class GrantedAccess {
  readonly #untilMs = new Map<string, number>();

  /** Allows an address and everything below it; a newer token of the same address replaces an older one. */
  grant(address: string, untilMs: number): void {
    this.#untilMs.set(pathOfAddress(address), untilMs);
  }

  /** Throws when no token that is still good allows the path. */
  check(path: string, nowMs: number): void {
    const wanted = pathOfAddress(path);
    for (const [granted, untilMs] of this.#untilMs) {
      if (untilMs > nowMs && isBelow(wanted, granted)) return;
    }
    throw new ServiceBusError(
      CONDITION.unauthorized,
      `Unauthorized access. 'Send' or 'Listen' claim(s) are required to perform this operation. Resource: '${path}'.`,
    );
  }
}
