import type { Observability } from '@maestro/core';
import type { WarehouseTables } from '../tables/warehouse-tables.ts';

/** Share of the time that may go into counting: one count as long as a second is followed by 20 s without. */
const REST = 20;

/** Sets the gauges of what facts tell of all tenants. Where counting takes long it is done less often. */
export class MeasuredTotals {
  readonly #tables: Pick<WarehouseTables, 'totals'>;
  readonly #observability: Observability;
  readonly #nowMs: () => number;
  #dueMs = 0;

  constructor(
    tables: Pick<WarehouseTables, 'totals'>,
    observability: Observability,
    nowMs: () => number,
  ) {
    this.#tables = tables;
    this.#observability = observability;
    this.#nowMs = nowMs;
  }

  /** Counts, unless it has been done too shortly before. */
  async measure(): Promise<void> {
    const beganMs = this.#nowMs();
    if (beganMs < this.#dueMs) return;
    const { continuations, spentMicroUsd } = await this.#tables.totals();
    const endMs = this.#nowMs();
    this.#dueMs = endMs + (endMs - beganMs) * REST;
    this.#observability.replace(
      'maestro_continuations',
      [...continuations].map(([status, value]) => ({ labels: { status }, value })),
    );
    this.#observability.replace(
      'maestro_tenant_spent_micro_usd',
      [...spentMicroUsd].map(([tenant, value]) => ({ labels: { tenant }, value })),
    );
  }
}
