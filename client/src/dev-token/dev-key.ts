import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** The one algorithm of the dev issuer's tokens. */
export const DEV_ALGORITHM = 'ES256';

const DevKeyFile = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
});

/** The key pair of the dev issuer. */
export interface DevKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/**
 * Reads the key pair of a dev issuer.
 *
 * @throws Error when the file is not there or holds something else; the message never holds the key.
 */
export async function readDevKey(keyFile: string): Promise<DevKey> {
  let text: string;
  try {
    text = await readFile(keyFile, 'utf8');
  } catch (error) {
    throw new Error(
      `there is no dev key in ${keyFile}; a development API makes it when it starts`,
      {
        cause: error,
      },
    );
  }
  const parsed = DevKeyFile.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new Error(`${keyFile} holds no dev key; delete it and start the development API again`);
  }
  const { d, kid, ...shared } = parsed.data;
  const publicJwk: JWK = { ...shared };
  return {
    kid,
    privateKey: (await importJWK({ ...publicJwk, d }, DEV_ALGORITHM)) as CryptoKey,
    publicKey: (await importJWK(publicJwk, DEV_ALGORITHM)) as CryptoKey,
  };
}

/**
 * The key pair in a file, made on the first call. Processes that start at once agree on one: the file appears whole
 * or not at all, and whoever comes second takes it as it is. Readable by its owner only.
 */
export async function ensureDevKey(keyFile: string): Promise<DevKey> {
  if (existsSync(keyFile)) return readDevKey(keyFile);
  await mkdir(path.dirname(keyFile), { recursive: true });
  const { privateKey } = await generateKeyPair(DEV_ALGORITHM, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID() };
  const temporary = `${keyFile}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(jwk)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(temporary, keyFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
  return readDevKey(keyFile);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
