import type { MaestroClient } from '@maestro/client';
import { MAX_ERASED_KEYS } from '@maestro/client/protocol';
import type { KeyScanner } from '@maestro/core';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect, type GlobalOptions } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { Refusal, UsageError } from '../failure.ts';
import { Progress } from '../move/progress.ts';
import { addStoreOptions, openScanner, type StoreOptions } from '../scanner/store-options.ts';

/** `maestro tenant delete`. */
export function addTenantDelete(tenant: Command, environment: CliEnvironment): void {
  addStoreOptions(
    tenant
      .command('delete')
      .argument('<tenant>', 'it has to be frozen for a minute')
      .option('--yes', 'this cannot be undone: without it nothing happens'),
  )
    .summary('delete a tenant and erase what it has, for good (admins of the installation)')
    .description(
      'From the first second on nothing of the tenant is served or started. Its rows leave the lists and the warehouse; in the state store a tombstone takes the place of each, so that no late commit brings any of it back, and large values are removed. Its audit log stays. It goes on where it was when it is interrupted and run again. Copies that were made elsewhere (exports, backups, a warehouse of a cloud, a broker that keeps messages) are not reached.',
    )
    .addHelpText(
      'after',
      `
Example:
  $ maestro tenant freeze acme --reason "the contract has ended"
  $ maestro tenant delete acme --postgres postgres://maestro@db/maestro --yes`,
    )
    .action(async (name: string, given: DeleteOptions, command: Command) => {
      const { options, output, signal } = contextOf<DeleteOptions & GlobalOptions>(
        command,
        environment,
      );
      if (given.yes !== true) {
        throw new UsageError(`this deletes ${name} for good; if that is meant, say --yes`);
      }
      const scanner = await openScanner(given, environment);
      try {
        const client = connect(options, environment, { roles: ['admin'] });
        const { deleted, stateComponent } = await client.tenants.delete(name, { signal });
        const erased = await eraseAll(client, scanner, name, signal);
        // What was on its way to the tables when they were emptied first has arrived.
        await client.tenants.delete(name, { signal });
        output.result({ tenant: name, deleted, ...erased }, () => [
          `${name}  deleted: ${erased.rows} rows and ${erased.blobs} large values erased`,
          ...(stateComponent === undefined
            ? []
            : [`its rows are in the state component ${stateComponent}: is this the store of it?`]),
        ]);
      } finally {
        await scanner.close();
      }
    });
}

interface DeleteOptions extends StoreOptions {
  readonly yes?: boolean;
}

/** Walks over the store until a walk finds nothing more to erase. */
async function eraseAll(
  client: MaestroClient,
  scanner: KeyScanner,
  tenant: string,
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly blobs: number }> {
  const shown = new Progress(process.stderr);
  let rows = 0;
  let blobs = 0;
  // Reads may lag behind what a walk has found, but not for ever.
  for (let vain = 0; vain < 5;) {
    let found = 0;
    const before = rows;
    for await (const keys of scanner.keys(tenant, signal)) {
      for (let from = 0; from < keys.length; from += MAX_ERASED_KEYS) {
        const some = keys.slice(from, from + MAX_ERASED_KEYS);
        const erased = await client.tenants.erase(tenant, some, { signal });
        rows += erased.rows;
        blobs += erased.blobs;
        found += some.length;
        shown.update(() => `${tenant}: ${rows} rows, ${blobs} large values erased`);
      }
    }
    if (found === 0) {
      shown.clear();
      return { rows, blobs };
    }
    vain = rows === before ? vain + 1 : 0;
  }
  shown.clear();
  throw new Refusal('tenant.rows_left', `rows of ${tenant} could not be erased: run this again`);
}
