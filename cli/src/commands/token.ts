import { mintDevToken } from '@maestro/client/dev-token';
import { TenantSlug } from '@maestro/core';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from '../failure.ts';
import { listed, wholeNumber } from '../option-values.ts';

interface TokenOptions {
  readonly tenant: string;
  readonly subject: string;
  readonly role?: readonly string[];
  readonly name?: string;
  readonly ttl: number;
}

/** `maestro token`. */
export function addToken(program: Command, environment: CliEnvironment): void {
  program
    .command('token')
    .summary('make a token for a development API')
    .description(
      "Makes a token with the local dev issuer's key; only a development API accepts it.",
    )
    .option('--tenant <slug>', 'tenant', environment.tenant)
    .option('--subject <name>', 'who', environment.user)
    .option(
      '--role <role>',
      "a role, such as operator; repeat it for more. Without one it is a researcher's",
      listed,
    )
    .option('--name <name>', 'display name')
    .option('--ttl <seconds>', 'how long it is good for', wholeNumber(1), 43_200)
    .addHelpText(
      'after',
      `
Examples:
  $ export MAESTRO_TOKEN=$(maestro token --tenant acme --role operator)
  $ curl -H "Authorization: Bearer $(maestro token)" http://127.0.0.1:8080/continuations/<id>`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { options, output } = contextOf<TokenOptions>(command, environment);
      if (environment.devKeyFile === undefined) {
        throw new UsageError(
          'there is no dev key here: run maestro dev first, or set MAESTRO_DEV_KEY_FILE',
        );
      }
      if (!TenantSlug.safeParse(options.tenant).success) {
        throw new UsageError('a tenant is 1-40 of a-z, 0-9 and hyphen');
      }
      const token = await mintDevToken({
        keyFile: environment.devKeyFile,
        tenant: options.tenant,
        subject: options.subject,
        ...(options.role ? { roles: options.role } : {}),
        ...(options.name === undefined ? {} : { name: options.name }),
        ttlSeconds: options.ttl,
      });
      output.result({ token }, () => [token]);
    });
}
