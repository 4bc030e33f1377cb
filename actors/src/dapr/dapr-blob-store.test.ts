import { sha256Hex } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { DaprBlobStore } from './dapr-blob-store.ts';
import type { SidecarAnswer } from './sidecar-http.ts';

const TEXT = '"a value"';
const SHA256 = sha256Hex(TEXT);

function answering(answer: SidecarAnswer): DaprBlobStore {
  return new DaprBlobStore({ call: async () => answer }, 'maestro-blobs');
}

/** What daprd 1.18 makes of a component's error. */
function failing(error: string): DaprBlobStore {
  const message = `error invoking output binding maestro-blobs: ${error}`;
  const text = JSON.stringify({ errorCode: 'ERR_INVOKE_OUTPUT_BINDING', message });
  return answering({ status: 500, text });
}

/** As the components answer with daprd 1.18.2 and our emulators. */
const NO_BUCKET =
  's3 binding error: error downloading S3 object: operation error S3: GetObject, https response error StatusCode: 404, RequestID: chIFHAKlLMgnv7eB83rYgBuExcRahqDBkDZoQ7lnedycjU70TWYC, HostID: 9Gjjt1m+cjU4OPvX9O9/8RuvnG41MRb/18Oux2o5H5MY7ISNTlXN+Dz9IG62/ILVxhAGI0qyPfg=, api error NoSuchBucket: The specified bucket does not exist';
const RULE = '-'.repeat(80);
const NO_CONTAINER = `error downloading az blob: GET http://127.0.0.1:20439/devstoreaccount1/maestro-blobs/acme/${SHA256}\n${RULE}\nRESPONSE 404: 404 The specified container does not exist.\nERROR CODE: ContainerNotFound\n${RULE}\n<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Error>\n  <Code>ContainerNotFound</Code>\n  <Message>The specified container does not exist.</Message>\n</Error>\n${RULE}\n`;

describe('there is no blob when the component of', () => {
  it.each([
    ['S3', 'object not found'],
    ['Azure', 'blob not found'],
    ['the local folder', `file not found: /var/lib/maestro/blobs/acme/${SHA256}`],
  ])('%s says: %s', async (_name, error) => {
    expect(await failing(error).get('acme', SHA256)).toBeUndefined();
  });
});

describe('the component has failed, and it is told what it answered, when it says', () => {
  it.each([
    ['NoSuchBucket', NO_BUCKET],
    ['ContainerNotFound', NO_CONTAINER],
    ['404 Not Found', 'a proxy answered 404 Not Found'],
    ['object not found', 'the secret object not found'],
    ['permission denied', `error opening path /blobs/acme/${SHA256}: permission denied`],
  ])('%s', async (named, error) => {
    await expect(failing(error).get('acme', SHA256)).rejects.toMatchObject({
      code: 'sidecar.unavailable',
      message: expect.stringContaining(named) as string,
    });
    await expect(failing(error).put('acme', SHA256, TEXT)).rejects.toMatchObject({
      code: 'sidecar.unavailable',
      message: expect.stringContaining(named) as string,
    });
  });

  it('something that is no error of daprd', async () => {
    const text = '<html>blob not found</html>';
    await expect(answering({ status: 404, text }).get('acme', SHA256)).rejects.toMatchObject({
      code: 'sidecar.unavailable',
      message: `a blob could not be read: 404 ${text}`,
    });
  });
});

it('a sidecar without the binding is not set up for large values', async () => {
  const blobs = failing("couldn't find output binding maestro-blobs");
  await expect(blobs.get('acme', SHA256)).rejects.toMatchObject({ code: 'component.unsupported' });
});

it('gives out no text that has another hash', async () => {
  expect(await answering({ status: 200, text: TEXT }).get('acme', SHA256)).toBe(TEXT);
  const changed = answering({ status: 200, text: '"another"' });
  await expect(changed.get('acme', SHA256)).rejects.toMatchObject({ code: 'blob.corrupt' });
});
