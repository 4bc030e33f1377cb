import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { blobsOf } from './run-file-launcher.ts';

it("takes the blobs' folder from the environment, where it names one", () => {
  expect(blobsOf({ MAESTRO_BLOBS: '/mnt/blobs' })).toEqual({ MAESTRO_BLOBS: '/mnt/blobs' });
  expect(blobsOf({ MAESTRO_BLOBS: 'blobs' })).toEqual({ MAESTRO_BLOBS: resolve('blobs') });
  expect(blobsOf({ MAESTRO_BLOBS: '' })).toEqual({});
  expect(blobsOf({})).toEqual({});
});
