import type { Account } from './store/account.ts';

const ENTRY = /^([^/:]+)(?:\/([^/:]+):(\/.+))?$/;

/**
 * Creates what is not there yet of a list such as `db/container:/partitionKey,other`; containers get `defaultTtl` -1, so that
 * items may expire. Throws when the list is malformed.
 */
export function applySeed(account: Account, seed: string): void {
  for (const entry of seed.split(',').filter((text) => text !== '')) {
    const [, databaseId, containerId, path] = ENTRY.exec(entry) ?? [];
    if (databaseId === undefined) {
      throw new TypeError(`The seed ${entry} is not of the form database/container:/partitionKey`);
    }
    const database =
      account.databases.get(databaseId) ?? account.createDatabase({ id: databaseId });
    if (containerId === undefined || path === undefined || database.containers.has(containerId)) {
      continue;
    }
    const partitionKey = { paths: [path], kind: 'Hash', version: 2 };
    account.createContainer(databaseId, { id: containerId, partitionKey, defaultTtl: -1 });
  }
}
