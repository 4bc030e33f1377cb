import type { FreezeAnswer, TenantAnswer, TenantRequestInput } from '@maestro/client';
import { jsonOrUndefined } from '@maestro/core';
import type { Command } from 'commander';
import { text } from 'node:stream/consumers';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from '../failure.ts';
import { openInput } from '../move/open-input.ts';

/** `maestro tenant show`, `set`, `freeze` and `thaw`. */
export function addTenant(program: Command, environment: CliEnvironment): void {
  const tenant = program
    .command('tenant')
    .summary('what a tenant is allowed')
    .description('Shows and says what the tenant of the token is allowed.');
  tenant
    .command('show')
    .summary('show what the tenant is allowed')
    .action(async (_options: unknown, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const client = connect(options, environment);
      const [answer, held] = await Promise.all([
        client.tenant({ signal }),
        client.freezeStatus({ signal }),
      ]);
      output.result(answer, () => [...linesOf(answer), `  ${heldLine(held)}`]);
    });
  tenant
    .command('set')
    .requiredOption('--file <file>', 'JSON file with what it is allowed')
    .summary('say what the tenant is allowed (operators)')
    .description(
      'Replaces what the tenant is allowed; what the file leaves out is the default. Every host goes by it within a second.',
    )
    .addHelpText(
      'after',
      `
A file: {"limits": {"maxForkDepth": 8, "maxChildren": 200},
         "redaction": {"kinds": ["email", "phone"], "names": ["Grace Hopper"]}}

Example:
  $ maestro tenant set --file tenant.json`,
    )
    .action(async ({ file }: { readonly file: string }, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const request = await readRequest(file);
      const answer = await connect(options, environment, { roles: ['operator'] }).setTenant(
        request,
        { signal },
      );
      output.result(answer, () => linesOf(answer));
    });
  tenant
    .command('freeze')
    .requiredOption('--reason <text>', 'why; shown to everybody who is refused')
    .option('--everywhere', 'freeze all tenants (admins)')
    .summary('stop everything of the tenant (operators)')
    .description(
      'Within two seconds nothing starts, nothing is written and nothing leaves; steps that run are aborted. Reads go on. What falls due is kept until the thaw.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ maestro tenant freeze --reason "an inquiry is under way"',
    )
    .action(async ({ reason, everywhere }: FreezeOptions, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const client = connect(options, environment);
      const answer = await client.freeze({ reason, scope: scopeOf(everywhere) }, { signal });
      output.result(answer, () => [heldLine(answer)]);
    });
  tenant
    .command('thaw')
    .option('--everywhere', 'end the freeze of all tenants (admins)')
    .summary('end a freeze (operators)')
    .description('Everything that was due goes on within seconds.')
    .action(async ({ everywhere }: Partial<FreezeOptions>, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const client = connect(options, environment);
      const answer = await client.thaw({ scope: scopeOf(everywhere) }, { signal });
      output.result(answer, () => [heldLine(answer)]);
    });
}

interface FreezeOptions {
  readonly reason: string;
  readonly everywhere?: boolean;
}

const scopeOf = (everywhere: boolean | undefined): 'installation' | 'tenant' =>
  everywhere === true ? 'installation' : 'tenant';

function heldLine({ freeze }: FreezeAnswer): string {
  if (!freeze) return 'not frozen';
  const what = freeze.scope === 'installation' ? 'everything is frozen' : 'frozen';
  return `${what} since ${freeze.at} by ${freeze.by}: ${freeze.reason}`;
}

/** What it has to be the API says, and names each place that is wrong. */
async function readRequest(file: string): Promise<TenantRequestInput> {
  const input = await openInput(file);
  const value = jsonOrUndefined(await text(input.createReadStream()));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${file} is no JSON object`);
  }
  return value;
}

function linesOf({ tenant, limits, redaction }: TenantAnswer): string[] {
  return [
    tenant,
    `  generations below a root  ${limits.maxForkDepth}`,
    `  children of one           ${limits.maxChildren}`,
    `  requests a second         ${limits.requestsPerSecond}`,
    `  taken out of texts        ${redaction.kinds.join(', ') || '-'}`,
    `  names taken out           ${redaction.names.length}`,
  ];
}
