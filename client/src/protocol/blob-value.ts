import { z } from 'zod';

/** Body of `PUT /blobs/{sha256}`: any JSON value. */
export const BlobValue = z.unknown();
export type BlobValue = z.infer<typeof BlobValue>;
