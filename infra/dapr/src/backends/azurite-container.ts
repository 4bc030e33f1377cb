import { createHmac } from 'node:crypto';

/** The account that every Azurite has, with its public key. */
export const AZURITE_ACCOUNT = 'devstoreaccount1';
export const AZURITE_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Makes a container, if it is not there, by the service's REST protocol with Shared Key authorization
 * (learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key).
 */
export async function createContainer(port: number, container: string): Promise<void> {
  const date = new Date().toUTCString();
  const version = '2021-12-02';
  // Of an emulator's path-style address the account's name stands twice in the canonical resource.
  const resource = `/${AZURITE_ACCOUNT}/${AZURITE_ACCOUNT}/${container}\nrestype:container`;
  const text = `PUT\n${'\n'.repeat(11)}x-ms-date:${date}\nx-ms-version:${version}\n${resource}`;
  const signature = createHmac('sha256', Buffer.from(AZURITE_KEY, 'base64'))
    .update(text)
    .digest('base64');
  const response = await fetch(
    `http://127.0.0.1:${port}/${AZURITE_ACCOUNT}/${container}?restype=container`,
    {
      method: 'PUT',
      headers: {
        'x-ms-date': date,
        'x-ms-version': version,
        authorization: `SharedKey ${AZURITE_ACCOUNT}:${signature}`,
      },
    },
  );
  if (response.status !== 201 && response.status !== 409) {
    throw new Error(`the container could not be made: ${response.status} ${await response.text()}`);
  }
}
