import { RowEraser, StoredAudit } from '@maestro/actors';
import { createMemoryRuntime, type MemoryRuntime } from '@maestro/actors/testing';
import type { Problem } from '@maestro/client/protocol';
import { MaestroError, type Identity, type Recipe } from '@maestro/core';
import { countdown, noop, wait } from '@maestro/recipes';
import type { ApiOptions } from '../api-options.ts';
import { serveApi, type ServedApi } from '../serve-api.ts';

/** An API over HTTP on a host in memory. */
export interface ApiHarness {
  readonly runtime: MemoryRuntime;
  readonly api: ServedApi;
  readonly options: ApiOptions;
  /** Sends a request as alice of acme unless the headers say otherwise. */
  call(method: string, path: string, options?: CallOptions): Promise<ApiAnswer>;
  /** The same, for a refusal: checks that it is a problem and that nothing was written. */
  refused(method: string, path: string, options?: CallOptions): Promise<Problem & ApiAnswer>;
  /** Starts a continuation. @returns its id. */
  start(recipe: string, parameters?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Every row but those of audit logs, which tell of repetitions and refusals too. */
  rows(): ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent instead of `body`, as it is. */
  readonly text?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** `tenant:subject:role`, or null for none. */
  readonly token?: string | null;
}

export interface ApiAnswer {
  readonly httpStatus: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** Takes `tenant:subject[:role]` for a token; without a role it is a researcher's. */
export const plainIdentity: Identity = {
  verify: async (token) => {
    const [tenant = '', subject = '', role] = token.split(':');
    if (subject === '') throw new MaestroError('auth.invalid', 'the token is not valid');
    if (subject === 'late') throw new MaestroError('auth.expired', 'the token has expired');
    return {
      tenant,
      subject,
      name: 'Alice A.',
      roles: [role ?? 'researcher'],
      expiresAtMs: Number.MAX_SAFE_INTEGER,
    };
  },
};

function rowsBut({ rows }: MemoryRuntime): ReadonlyMap<string, string> {
  return new Map([...rows.snapshot()].filter(([key]) => !key.includes(':audit:')));
}

/** Starts an API whose store, actors and clock are in memory. */
export async function startApi(
  options: Partial<ApiOptions> & { readonly more?: readonly Recipe[] } = {},
): Promise<ApiHarness> {
  const { more = [], ...overrides } = options;
  const runtime = createMemoryRuntime({ recipes: [noop, countdown, wait, ...more] });
  const apiOptions: ApiOptions = {
    identity: plainIdentity,
    store: runtime.store,
    blobs: runtime.blobs,
    continuations: runtime.continuations,
    topics: runtime.topics,
    recipes: runtime.recipes,
    tenants: runtime.tenants,
    checkStore: async (component) => {
      if (component === 'acme-state') return;
      throw new MaestroError('component.unsupported', `the sidecar has no '${component}'`);
    },
    audit: new StoredAudit(runtime.rows),
    eraser: new RowEraser(runtime.rows, runtime.blobs, runtime.clock),
    ready: async () => [{ name: 'memory', ok: true }],
    bus: runtime.bus,
    busIsWhole: true,
    clock: runtime.clock,
    ...overrides,
  };
  const api = await serveApi(apiOptions, { host: '127.0.0.1', port: 0, graceMs: 500 });

  const call: ApiHarness['call'] = async (method, path, { body, text, headers, token } = {}) => {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${api.url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token ?? 'acme:alice'}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const answer = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      httpStatus: response.status,
      headers: response.headers,
      text: answer,
      json: isJson && answer !== '' ? JSON.parse(answer) : undefined,
    };
  };

  return {
    runtime,
    api,
    options: apiOptions,
    call,
    refused: async (method, path, callOptions) => {
      const before = rowsBut(runtime);
      const answer = await call(method, path, callOptions);
      const problem = answer.json as Problem;
      const after = rowsBut(runtime);
      const changed = [...after].some(([key, value]) => before.get(key) !== value);
      if (changed || before.size !== after.size) throw new Error('the refusal wrote something');
      if (answer.headers.get('content-type') !== 'application/problem+json') {
        throw new Error(`${method} ${path} was not refused: ${answer.httpStatus} ${answer.text}`);
      }
      if (problem.status !== answer.httpStatus) throw new Error('the statuses differ');
      if (problem.instance !== answer.headers.get('x-request-id')) {
        throw new Error('the problem does not name its request');
      }
      return { ...answer, ...problem };
    },
    start: async (recipe, parameters = {}) => {
      const goal = { objective: 'try it', recipe, parameters };
      const answer = await call('POST', '/continuations', { body: { goal } });
      if (answer.httpStatus !== 201) throw new Error(`not started: ${answer.text}`);
      return (answer.json as { id: string }).id;
    },
    rows: () => rowsBut(runtime),
    close: () => api.close(),
  };
}
