import type { ContinuationStatus } from '@maestro/core';
import { checkedParts, type CheckedPart, type PartFault } from '../move/checked-parts.ts';
import { fileLines } from '../move/file-lines.ts';
import { openInput } from '../move/open-input.ts';

/** What a check of one continuation's part of an export found. */
export interface ExportVerdict {
  readonly ok: boolean;
  /** Line of the file at which the part begins. */
  readonly line: number;
  readonly tenant: string | undefined;
  readonly id: string | undefined;
  /** Events that verify. */
  readonly events: number;
  /** Hash of the last event that verifies. */
  readonly hash: string | undefined;
  readonly status: ContinuationStatus | undefined;
  readonly sealed: boolean | undefined;
  /** Values that the rows refer to and the source had lost. */
  readonly missingBlobs: number;
  /** Where it does not verify. */
  readonly fault?: PartFault;
}

/** Checks a file of `maestro export`, part by part, without any server. @throws UsageError when it is not there. */
export async function* verifyExport(file: string): AsyncGenerator<ExportVerdict, void> {
  const handle = await openInput(file);
  try {
    for await (const part of checkedParts(fileLines(handle))) yield verdictOf(part);
  } finally {
    await handle.close();
  }
}

function verdictOf({ header, start, checker, end, fault }: CheckedPart): ExportVerdict {
  const events = checker?.sequence ?? 0;
  return {
    ok: fault === undefined,
    line: start.line,
    tenant: header?.tenant,
    id: header?.id,
    events,
    hash: events > 0 ? checker?.hash : undefined,
    status: end?.status,
    sealed: end?.sealed,
    missingBlobs: checker?.missing.size ?? 0,
    ...(fault ? { fault } : {}),
  };
}
