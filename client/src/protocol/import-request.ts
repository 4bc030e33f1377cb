import { ContinuationStatus, CopySource } from '@maestro/core';
import { z } from 'zod';

/** The most rows of one request: with the rows that they become they fit a transaction of every supported store. */
export const MAX_IMPORT_ROWS = 50;

/** Body of `POST /continuations/{id}/import`. */
export const ImportRequest = z.strictObject({
  /** Sequence of the first row; the rows before it have been sent. */
  from: z.int().min(1),
  /** Texts of log rows, exactly as they were stored, in order. */
  rows: z.array(z.string().min(1)).min(1).max(MAX_IMPORT_ROWS),
});
export type ImportRequest = z.infer<typeof ImportRequest>;

/** Answer of `POST /continuations/{id}/import`. */
export const ImportAnswer = z.object({
  /** False when all of the rows were there before. */
  changed: z.boolean(),
  /** Sequence of the last row of the request. */
  sequence: z.int().min(1),
});
export type ImportAnswer = z.infer<typeof ImportAnswer>;

/** Body of `POST /continuations/{id}/import/finish`. */
export const FinishImportRequest = z.strictObject({
  /** Sequence of the last event. */
  sequence: z.int().min(1),
  /** Hash of the last event. */
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
  /** What it is a copy of, which its id has to be derived from: nobody else goes on with it, so it need not be sealed. */
  copyOf: CopySource.optional(),
});
export type FinishImportRequest = z.infer<typeof FinishImportRequest>;
/** As callers write it: what has a default may be left out. */
export type FinishImportInput = z.input<typeof FinishImportRequest>;

/** Answer of `POST /continuations/{id}/import/finish`. */
export const FinishImportAnswer = z.object({
  /** False when the import had been finished before. */
  changed: z.boolean(),
  status: ContinuationStatus,
  /** Sequence of the last event by now: beyond what was imported once it has gone on. */
  sequence: z.int().min(1),
  /** Whether it waits to be unsealed. */
  sealed: z.boolean(),
});
export type FinishImportAnswer = z.infer<typeof FinishImportAnswer>;
