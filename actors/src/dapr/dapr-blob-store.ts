import { MaestroError, sha256Hex, type BlobStore } from '@maestro/core';
import { z } from 'zod';
import type { SidecarAnswer, SidecarHttp } from './sidecar-http.ts';

const TIMEOUT_MS = 30_000;

const SidecarError = z.looseObject({ message: z.string() });

/** Enough of a component's answer to see what is wrong: S3 and Azure name the fault after 300 characters. */
const MAX_ANSWER_CHARACTERS = 500;

/**
 * What the components of Dapr 1.18 answer when there is nothing under a name: S3, Azure Blob Storage, a local folder.
 * Nothing else means that: a bucket or container that does not exist is a fault, not a lost blob.
 */
const NOTHING_THERE =
  /^(?:object not found$|blob not found$|file not found: |error deleting file .*: no such file or directory$)/;

/**
 * Blobs behind a Dapr output binding (Azure Blob Storage, S3, a local folder). Each kind of component calls the name
 * of a blob differently, so it is given in all three ways.
 */
export class DaprBlobStore implements BlobStore {
  readonly #http: Pick<SidecarHttp, 'call'>;
  readonly #component: string;

  constructor(http: Pick<SidecarHttp, 'call'>, component: string) {
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
      if (NOTHING_THERE.test(this.#componentError(answer))) return undefined;
      throw this.#failed('read', answer);
    }
    if (answer.text === '') return undefined;
    if (sha256Hex(answer.text) !== sha256) {
      throw new MaestroError('blob.corrupt', `the blob ${sha256} has another content`);
    }
    return answer.text;
  }

  async remove(tenant: string, sha256: string, signal?: AbortSignal): Promise<void> {
    // Azure refuses without a word about snapshots; the other components do not look at it.
    const metadata = { deleteSnapshots: 'include' };
    const answer = await this.#invoke({ operation: 'delete', metadata }, tenant, sha256, signal);
    if (answer.status < 300 || NOTHING_THERE.test(this.#componentError(answer))) return;
    throw this.#failed('removed', answer);
  }

  #invoke(
    request: { readonly operation: string; readonly data?: string; readonly metadata?: object },
    tenant: string,
    sha256: string,
    signal: AbortSignal | undefined,
  ) {
    const name = `${tenant}/${sha256}`;
    const metadata = { ...request.metadata, blobName: name, key: name, fileName: name };
    return this.#http.call('POST', `/v1.0/bindings/${encodeURIComponent(this.#component)}`, {
      body: JSON.stringify({ ...request, metadata }),
      timeoutMs: TIMEOUT_MS,
      signal,
    });
  }

  /** What the component itself answered, without what the sidecar says around it. */
  #componentError({ text }: SidecarAnswer): string {
    const message = messageOf(text);
    const around = `error invoking output binding ${this.#component}: `;
    return message.startsWith(around) ? message.slice(around.length) : message;
  }

  #failed(what: string, answer: SidecarAnswer): MaestroError {
    const said = this.#componentError(answer);
    if (said.startsWith("couldn't find output binding")) {
      return new MaestroError(
        'component.unsupported',
        `the sidecar has no binding '${this.#component}': values over 64 KiB cannot be stored`,
      );
    }
    return new MaestroError(
      'sidecar.unavailable',
      `a blob could not be ${what}: ${answer.status} ${said.slice(0, MAX_ANSWER_CHARACTERS)}`,
    );
  }
}

/** The message of a sidecar's error; of anything else the text as it is. */
function messageOf(text: string): string {
  try {
    const parsed = SidecarError.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.message : text;
  } catch {
    return text;
  }
}
