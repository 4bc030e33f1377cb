import type { ContinuationRef, TenantDirectory } from '@maestro/core';
import type { StepRunner } from '../step/step-runner.ts';

/** Continuations that are told of a thaw at a time. */
const AT_A_TIME = 32;

/** What a host knows of freezes: which of its continuations they hold, and whose steps run on. */
export class FreezeWatch {
  readonly #tenants: Pick<TenantDirectory, 'freeze'>;
  readonly #steps: Pick<StepRunner, 'tenants' | 'interruptTenant'>;
  readonly #wake: (ref: ContinuationRef) => Promise<unknown>;
  readonly #held = new Map<string, ContinuationRef>();
  #checking: Promise<void> | undefined;

  /** @param wake has a continuation look for itself; rejects when it was not reached. */
  constructor(
    tenants: Pick<TenantDirectory, 'freeze'>,
    steps: Pick<StepRunner, 'tenants' | 'interruptTenant'>,
    wake: (ref: ContinuationRef) => Promise<unknown>,
  ) {
    this.#tenants = tenants;
    this.#steps = steps;
    this.#wake = wake;
  }

  /** Remembers one that has something to do and may not. */
  hold({ actorId, ref }: { readonly actorId: string; readonly ref: ContinuationRef }): void {
    this.#held.set(actorId, ref);
  }

  /** Whether a continuation waits for a thaw. */
  holds(actorId: string): boolean {
    return this.#held.has(actorId);
  }

  /** Looks once; whoever asks meanwhile waits for the same look. */
  check(): Promise<void> {
    this.#checking ??= this.#look().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #look(): Promise<void> {
    const held = [...this.#held.values()].map(({ tenant }) => tenant);
    for (const tenant of new Set([...this.#steps.tenants, ...held])) {
      try {
        if (await this.#tenants.freeze(tenant)) this.#steps.interruptTenant(tenant);
        else await this.#goOn(tenant);
      } catch {
        // The store does not say: as it was, until it does.
      }
    }
  }

  /** Wakes everything that was held, a few at a time; who cannot be reached is woken by the next look. */
  async #goOn(tenant: string): Promise<void> {
    const waiting = [...this.#held].filter(([, ref]) => ref.tenant === tenant);
    const next = async (): Promise<void> => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const [actorId, ref] = one;
        this.#held.delete(actorId);
        await this.#wake(ref).catch(() => this.#held.set(actorId, ref));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, next));
  }
}
