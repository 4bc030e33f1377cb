import { isErrorCode, MaestroError } from '@maestro/core';
import { RetryLater, withRetries, type RetryOptions } from './retry.ts';

/** Options of {@link Transport}. */
export interface TransportOptions {
  /** Where the API is, such as `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** A bearer token, or what gives one; asked before every request. */
  readonly token: string | (() => string | Promise<string>);
  /** @default the global fetch */
  readonly fetch?: typeof fetch;
  readonly retry?: RetryOptions;
  /** How long one try of a call may take, in ms; live streams may take longer. @default 30000 */
  readonly timeoutMs?: number;
}

/** Options that every call takes. */
export interface CallOptions {
  /** Ends the call; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** One call. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** How long the server may wait on purpose before it answers, in ms. @default 0 */
  readonly waitMs?: number;
}

/** An answer and what names it. */
export interface Tagged<T> {
  readonly value: T;
  /** To be given when it is asked for again; undefined where something on the way has taken it off. */
  readonly etag: string | undefined;
}

/** Speaks HTTP to the API: authorises, tries again where that is safe, turns refusals into errors. */
export class Transport {
  readonly #baseUrl: string;
  readonly #token: TransportOptions['token'];
  readonly #fetch: typeof fetch;
  readonly #retry: RetryOptions;
  readonly #timeoutMs: number;

  constructor(options: TransportOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#token = options.token;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#retry = options.retry ?? {};
    this.#timeoutMs = options.timeoutMs ?? 30_000;
  }

  /**
   * A call with a JSON answer. Network errors and retryable refusals are tried again, so whatever is sent must be
   * safe to repeat.
   *
   * @throws MaestroError with the server's code; `sidecar.unavailable` when the API cannot be reached.
   */
  json<T>(call: Call): Promise<T> {
    // What the API answers is what its own schemas say; see the protocol entry point.
    return this.#tried(call, async (response) => (await response.json()) as T);
  }

  /**
   * The same with the ETag of the answer; undefined where the one that the caller has is still right.
   *
   * @throws MaestroError as above.
   */
  tagged<T>(call: Call, etag: string | undefined): Promise<Tagged<T> | undefined> {
    const known = etag === undefined ? {} : { 'if-none-match': etag };
    return this.#tried({ ...call, headers: { ...call.headers, ...known } }, async (response) =>
      response.status === 304
        ? undefined
        : {
            value: (await response.json()) as T,
            etag: response.headers.get('etag') ?? undefined,
          },
    );
  }

  #tried<T>(call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    return withRetries(
      async () => {
        const limit = AbortSignal.timeout(this.#timeoutMs + (call.waitMs ?? 0));
        const signal = call.signal ? AbortSignal.any([call.signal, limit]) : limit;
        const response = await this.send({ ...call, signal }, call.signal);
        try {
          return await read(response);
        } catch (error) {
          call.signal?.throwIfAborted();
          throw new RetryLater(unreachable(this.#baseUrl, error), 0);
        }
      },
      { ...this.#retry, signal: call.signal },
    );
  }

  /**
   * One try of a call.
   *
   * @param aborted the caller's own signal: its reason is thrown as it is.
   * @throws RetryLater for what may be tried again, MaestroError for what may not.
   */
  async send(call: Call, aborted: AbortSignal | undefined = call.signal): Promise<Response> {
    const url = new URL(`${this.#baseUrl}${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const token = typeof this.#token === 'string' ? this.#token : await this.#token();
    let response: Response;
    try {
      response = await this.#fetch(url, {
        method: call.method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...call.headers,
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(call.signal ? { signal: call.signal } : {}),
      });
    } catch (error) {
      aborted?.throwIfAborted();
      throw new RetryLater(unreachable(this.#baseUrl, error), 0);
    }
    // Nobody is told 304 who has not asked by an ETag.
    if (response.ok || response.status === 304) return response;
    const { error, retryable } = await refusalOf(response);
    if (!retryable) throw error;
    throw new RetryLater(error, Number(response.headers.get('retry-after') ?? 0) * 1000 || 0);
  }
}

function unreachable(baseUrl: string, cause: unknown): MaestroError {
  return new MaestroError('sidecar.unavailable', `the API at ${baseUrl} does not answer`, {
    cause,
  });
}

interface Refusal {
  readonly error: MaestroError;
  readonly retryable: boolean;
}

/** What a refusal says; whatever is not a problem of ours (a proxy's page) is told by its status. */
async function refusalOf(response: Response): Promise<Refusal> {
  const problem = await problemOf(response);
  if (problem) {
    const { code, detail, title, errors, retryable } = problem;
    const error = MaestroError.fromWire({
      code,
      message: detail ?? title ?? code,
      details: errors,
    });
    return { error, retryable: isErrorCode(code) ? error.retryable : retryable === true };
  }
  const retryable = [429, 502, 503, 504].includes(response.status);
  const code = retryable ? 'sidecar.unavailable' : 'internal.error';
  const error = new MaestroError(code, `the answer was ${response.status} without a reason`);
  return { error, retryable };
}

interface ProblemBody {
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
  readonly retryable?: boolean;
  readonly errors?: readonly { readonly at: string; readonly message: string }[];
}

async function problemOf(response: Response): Promise<ProblemBody | undefined> {
  try {
    const body = (await response.json()) as Partial<ProblemBody> | null;
    return typeof body?.code === 'string' ? { ...body, code: body.code } : undefined;
  } catch {
    return undefined;
  }
}
