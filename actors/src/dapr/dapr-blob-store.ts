import { MaestroError, sha256Hex, type BlobStore } from '@maestro/core';
import type { SidecarHttp } from './sidecar-http.ts';

const TIMEOUT_MS = 30_000;

/**
 * Blobs behind a Dapr output binding (Azure Blob Storage, S3, a local folder). Each kind of component calls the name
 * of a blob differently, so it is given in all three ways.
 */
export class DaprBlobStore implements BlobStore {
  readonly #http: SidecarHttp;
  readonly #component: string;

  constructor(http: SidecarHttp, component: string) {
    this.#http = http;
    this.#component = component;
  }

  async put(tenant: string, sha256: string, text: string, signal?: AbortSignal): Promise<void> {
    // As base64: of plain text the components guess whether it was quoted, or base64 already. They store it decoded.
    const data = Buffer.from(text).toString('base64');
    const answer = await this.#invoke({ operation: 'create', data }, tenant, sha256, signal);
    if (answer.status >= 300) throw this.#failed('stored', answer);
  }

  async get(tenant: string, sha256: string, signal?: AbortSignal): Promise<string | undefined> {
    const answer = await this.#invoke({ operation: 'get' }, tenant, sha256, signal);
    if (answer.status >= 300) {
      if (/not ?found|NoSuchKey|does not exist/i.test(answer.text)) return undefined;
      throw this.#failed('read', answer);
    }
    if (answer.text === '') return undefined;
    if (sha256Hex(answer.text) !== sha256) {
      throw new MaestroError('blob.corrupt', `the blob ${sha256} has another content`);
    }
    return answer.text;
  }

  #invoke(request: object, tenant: string, sha256: string, signal: AbortSignal | undefined) {
    const name = `${tenant}/${sha256}`;
    const metadata = { blobName: name, key: name, fileName: name };
    return this.#http.call('POST', `/v1.0/bindings/${encodeURIComponent(this.#component)}`, {
      body: JSON.stringify({ ...request, metadata }),
      timeoutMs: TIMEOUT_MS,
      signal,
    });
  }

  #failed(what: string, { status, text }: { status: number; text: string }): MaestroError {
    const missing = text.includes('ERR_INVOKE_OUTPUT_BINDING') && text.includes("couldn't find");
    return new MaestroError(
      missing ? 'component.unsupported' : 'sidecar.unavailable',
      missing
        ? `the sidecar has no binding '${this.#component}': values over 64 KiB cannot be stored`
        : `a blob could not be ${what}: ${status} ${text.slice(0, 300)}`,
    );
  }
}
