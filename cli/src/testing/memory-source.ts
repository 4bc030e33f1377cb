import type { ContinuationView, EventsPage, SignalAnswer } from '@maestro/client';
import { isFinished, LogVerifier, MaestroError, type StoredEvent } from '@maestro/core';
import type { ExportSource } from '../move/export-continuation.ts';
import { sealAll } from './closed-log.ts';

/** An API that holds logs in memory. */
export class MemorySource implements ExportSource {
  readonly logs = new Map<string, readonly StoredEvent[]>();
  readonly blobs = new Map<string, unknown>();
  /** Called before every page; what it throws, the page throws. */
  beforePage: (id: string, from: number) => void = () => undefined;
  /** The most events of one page. */
  pageEvents = 3;
  /** Sequences that pages were asked from. */
  readonly asked: number[] = [];

  constructor(...logs: readonly (readonly StoredEvent[])[]) {
    for (const log of logs) this.logs.set(log[0]?.continuation ?? '', log);
  }

  async get(id: string): Promise<ContinuationView> {
    const { state } = this.#read(id);
    return { status: state?.status, sequence: state?.sequence, sealed: state?.sealed } as never;
  }

  async events(id: string, { from = 1 }: { readonly from?: number } = {}): Promise<EventsPage> {
    this.asked.push(from);
    this.beforePage(id, from);
    const log = this.logs.get(id) ?? [];
    const { head, state } = this.#read(id);
    const events = log.slice(from - 1, from - 1 + this.pageEvents);
    const last = from + events.length - 1;
    return {
      events: [...events],
      next: events.length > 0 && last < log.length ? last + 1 : null,
      head: { sequence: log.length, hash: state?.hash ?? '', status: state?.status ?? 'running' },
      ...(head === undefined ? {} : { headRow: head }),
    };
  }

  async signal(id: string, signal: string): Promise<SignalAnswer> {
    const { state } = this.#read(id);
    if (!state || isFinished(state.status)) {
      throw new MaestroError('continuation.finished', `${id} has finished`);
    }
    const drafts = (this.logs.get(id) ?? []).map(({ type, payload }) => ({ type, payload }));
    const by = { subject: 'oscar' };
    const payload = { signal, requestId: `x${drafts.length}`, by };
    const log = sealAll({ tenant: state.tenant, id }, [
      ...(drafts as never[]),
      { type: 'human_signal', payload },
    ]);
    this.logs.set(id, log);
    return { changed: true, status: 'paused', sequence: log.length };
  }

  async blob(sha256: string): Promise<unknown> {
    if (this.blobs.has(sha256)) return this.blobs.get(sha256);
    throw new MaestroError('blob.not_found', 'there is no blob under this hash');
  }

  #read(id: string): LogVerifier {
    const log = this.logs.get(id);
    if (!log) throw new MaestroError('continuation.not_found', `there is no ${id}`);
    const verifier = new LogVerifier({ tenant: log[0]?.tenant ?? '', id });
    for (const event of log) verifier.add(event);
    return verifier;
  }
}
