import { ERROR_CATALOGUE, isErrorCode, type ErrorCode } from './catalogue.ts';

/** One place in a request that is wrong. */
export interface ErrorDetail {
  /** JSON pointer into the body, or the name of a header or parameter. */
  readonly at: string;
  readonly message: string;
}

/** The error as it crosses a process boundary: never holds tokens, prompts or bodies. */
export interface ErrorWire {
  readonly code: ErrorCode;
  readonly message: string;
  /** Whether the same request may be sent again as it is: for callers that do not know the codes. */
  readonly retryable?: boolean;
  readonly details?: readonly ErrorDetail[];
}

/** The one base of all errors that Maestro raises on purpose. Decide by `code`, not by class: classes do not cross processes. */
export class MaestroError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: readonly ErrorDetail[] } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'MaestroError';
    // A recipe in plain JavaScript may give any: its host must live on.
    this.code = isErrorCode(code) ? code : 'internal.error';
    this.details = options.details ?? [];
  }

  /** HTTP status of the code. */
  get status(): number {
    return ERROR_CATALOGUE[this.code].status;
  }

  /** Whether the same request may be sent again as it is. */
  get retryable(): boolean {
    return ERROR_CATALOGUE[this.code].retryable;
  }

  toWire(): ErrorWire {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.details.length > 0 ? { details: this.details } : {}),
    };
  }

  /** The error that another process reported; an unknown code becomes `internal.error`. */
  static fromWire(wire: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly ErrorDetail[] | undefined;
  }): MaestroError {
    const code = isErrorCode(wire.code) ? wire.code : 'internal.error';
    return new MaestroError(code, wire.message, wire.details ? { details: wire.details } : {});
  }

  /** Any thrown value as a MaestroError; what is not one already becomes `internal.error` with the original as cause. */
  static from(error: unknown): MaestroError {
    if (error instanceof MaestroError) return error;
    return new MaestroError('internal.error', 'an unexpected error', { cause: error });
  }
}
