import type {
  FinishImportAnswer,
  FinishImportInput,
  ImportAnswer,
  ImportRequest,
} from '@maestro/client';
import { copyId, isFinished, LogVerifier, MaestroError, parseStoredEvent } from '@maestro/core';
import type { ImportTarget } from '../move/import-continuation.ts';

/** An API that takes rows into memory, as the import routes do. */
export class MemoryTarget implements ImportTarget {
  readonly rows = new Map<string, string[]>();
  readonly heads = new Map<string, FinishImportAnswer>();
  readonly blobs = new Map<string, unknown>();
  /** What was asked, in order. */
  readonly calls: string[] = [];
  /** Called after every stored request; what it throws, the caller sees instead of the answer. */
  afterRows: (id: string, rows: number) => void = () => undefined;
  readonly #tenant: string;

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  async importRows(id: string, { from, rows }: ImportRequest): Promise<ImportAnswer> {
    this.calls.push(`rows ${from}+${rows.length}`);
    const stored = this.rows.get(id) ?? [];
    rows.forEach((row, index) => {
      if ((stored[from - 1 + index] ?? row) !== row) throw new MaestroError('import.conflict', id);
      stored[from - 1 + index] = row;
    });
    this.rows.set(id, stored);
    this.afterRows(id, stored.length);
    return { changed: true, sequence: from + rows.length - 1 };
  }

  async finishImport(id: string, end: FinishImportInput): Promise<FinishImportAnswer> {
    this.calls.push('finish');
    if (end.copyOf && copyId(this.#tenant, end.copyOf) !== id) {
      throw new MaestroError('request.invalid', `${id} is no copy`);
    }
    const before = this.heads.get(id);
    if (before) return { ...before, changed: false };
    const rows = this.rows.get(id) ?? [];
    const verifier = new LogVerifier({ tenant: this.#tenant, id });
    for (let sequence = 1; sequence <= end.sequence; sequence++) {
      const row = rows[sequence - 1];
      const message =
        row === undefined ? 'is not here' : verifier.add(parseStoredEvent(row))?.message;
      if (message !== undefined) {
        throw new MaestroError('import.invalid', `event ${sequence}: ${message}`, {
          details: [{ at: `event ${sequence}`, message }],
        });
      }
    }
    const { state, position } = verifier;
    if (!state || position.hash !== end.hash) throw new MaestroError('import.conflict', id);
    const { status, sequence, sealed } = state;
    if (!end.copyOf && !sealed && !isFinished(status)) {
      throw new MaestroError('import.invalid', `${id} is neither sealed nor finished`);
    }
    const answer = { changed: true, status, sequence, sealed: sealed !== undefined };
    this.heads.set(id, answer);
    return answer;
  }

  async putBlob(sha256: string, value: unknown): Promise<void> {
    this.calls.push('blob');
    this.blobs.set(sha256, value);
  }

  async signal(id: string, signal: string) {
    this.calls.push(signal);
    const head = this.heads.get(id);
    const sequence = (head?.sequence ?? 0) + 1;
    this.heads.set(id, { changed: false, status: 'sleeping', sequence, sealed: false });
    return { changed: true, status: 'sleeping', sequence } as const;
  }

  async wake() {
    this.calls.push('wake');
    return { found: true } as never;
  }
}
