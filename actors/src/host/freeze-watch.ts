import { MaestroError, type ContinuationRef, type TenantDirectory } from '@maestro/core';
import type { StepRunner } from '../step/step-runner.ts';

/** Continuations of a tenant that are told of a thaw at a time. */
const AT_A_TIME = 32;

/** What a host knows of freezes: which of its continuations they hold, and whose steps run on. */
export class FreezeWatch {
  readonly #tenants: Pick<TenantDirectory, 'freeze' | 'deletion'>;
  readonly #steps: Pick<StepRunner, 'tenants' | 'interruptTenant'>;
  readonly #wake: (ref: ContinuationRef) => Promise<unknown>;
  readonly #held = new Map<string, ContinuationRef>();
  /** Tenants that are being looked at, or whose continuations are being woken. */
  readonly #looking = new Set<string>();
  readonly #waking = new Set<string>();

  /** @param wake has a continuation look for itself; rejects when it was not reached. */
  constructor(
    tenants: Pick<TenantDirectory, 'freeze' | 'deletion'>,
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

  /** Looks once at every tenant that has anything here; one that does not answer keeps up no other. */
  async check(): Promise<void> {
    const held = [...this.#held.values()].map(({ tenant }) => tenant);
    const tenants = new Set([...this.#steps.tenants, ...held]);
    await Promise.all([...tenants].map((tenant) => this.#look(tenant)));
  }

  async #look(tenant: string): Promise<void> {
    if (this.#looking.has(tenant)) return;
    this.#looking.add(tenant);
    try {
      if (await this.#tenants.deletion(tenant)) this.#letGo(tenant);
      else if (await this.#tenants.freeze(tenant)) this.#steps.interruptTenant(tenant);
      else void this.#goOn(tenant);
    } catch {
      // The store does not say: as it was, until it does.
    } finally {
      this.#looking.delete(tenant);
    }
  }

  /** Of a tenant that was deleted nothing is to be done any more. */
  #letGo(tenant: string): void {
    this.#steps.interruptTenant(tenant);
    for (const [actorId, ref] of this.#held) if (ref.tenant === tenant) this.#held.delete(actorId);
  }

  /** Wakes everything that was held, a few at a time, as long as nothing is held anew; who cannot be reached is woken by a later look. */
  async #goOn(tenant: string): Promise<void> {
    if (this.#waking.has(tenant)) return;
    this.#waking.add(tenant);
    const waiting = [...this.#held].filter(([, ref]) => ref.tenant === tenant);
    const next = async (): Promise<void> => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const [actorId, ref] = one;
        this.#held.delete(actorId);
        try {
          await this.#wake(ref);
        } catch (error) {
          // One that refuses for good has its reminder, which says so in its turn.
          if (MaestroError.from(error).retryable) this.#held.set(actorId, ref);
        }
        // A freeze that began meanwhile: the rest is not due yet.
        if (this.#held.has(actorId)) waiting.length = 0;
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, next));
    this.#waking.delete(tenant);
  }
}
