import type { FreezeAnswer, TenantAnswer, TenantRequestInput } from '@maestro/client';
import { jsonOrUndefined } from '@maestro/core';
import type { Command } from 'commander';
import { text } from 'node:stream/consumers';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from '../failure.ts';
import { openInput } from '../move/open-input.ts';
import { addTenantDelete } from './tenant-delete.ts';

const OTHER = 'another tenant than that of the token (admins of the installation)';

/** `maestro tenant create`, `show`, `set`, `freeze`, `thaw` and `delete`. */
export function addTenant(program: Command, environment: CliEnvironment): void {
  const tenant = program
    .command('tenant')
    .summary('what a tenant is allowed')
    .description('Creates and deletes tenants, shows and says what they are allowed.');
  tenant
    .command('create')
    .argument('<tenant>', 'its name: small letters, digits and hyphens')
    .option('--file <file>', 'JSON file with what it is allowed')
    .summary('create a tenant (admins of the installation)')
    .description(
      'Creates a tenant; what the file leaves out is the default. Said again with the same content it changes nothing.',
    )
    .addHelpText('after', '\nExample:\n  $ maestro tenant create acme --file acme.json')
    .action(async (name: string, { file }: { readonly file?: string }, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const request = file === undefined ? {} : await readRequest(file);
      const client = connect(options, environment, { roles: ['admin'] });
      const answer = await client.tenants.create({ ...request, tenant: name }, { signal });
      output.result(answer, () => linesOf(answer));
    });
  tenant
    .command('show')
    .argument('[tenant]', OTHER)
    .summary('show what the tenant is allowed')
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      if (name !== undefined) {
        const client = connect(options, environment, { roles: ['admin'] });
        const answer = await client.tenants.get(name, { signal });
        output.result(answer, () => linesOf(answer));
        return;
      }
      const client = connect(options, environment);
      const [answer, held] = await Promise.all([
        client.tenant({ signal }),
        client.freezeStatus({ signal }),
      ]);
      output.result(answer, () => [...linesOf(answer), `  ${heldLine(held)}`]);
    });
  tenant
    .command('set')
    .argument('[tenant]', OTHER)
    .requiredOption('--file <file>', 'JSON file with what it is allowed')
    .summary('say what the tenant is allowed (operators)')
    .description(
      'Replaces what the tenant is allowed; what the file leaves out is the default. Every host goes by it within a second.',
    )
    .addHelpText(
      'after',
      `
A file: {"limits": {"maxForkDepth": 8, "maxChildren": 200},
         "redaction": {"kinds": ["email", "phone"], "names": ["Grace Hopper"]},
         "budget": {"defaultCapUsd": 5, "maxCapUsd": 50}, "maxSensitivity": "confidential"}

Example:
  $ maestro tenant set --file tenant.json`,
    )
    .action(
      async (name: string | undefined, { file }: { readonly file: string }, command: Command) => {
        const { options, output, signal } = contextOf(command, environment);
        const request = await readRequest(file);
        const roles = [name === undefined ? 'operator' : 'admin'];
        const client = connect(options, environment, { roles });
        const answer = await (name === undefined
          ? client.setTenant(request, { signal })
          : client.tenants.set(name, request, { signal }));
        output.result(answer, () => linesOf(answer));
      },
    );
  tenant
    .command('freeze')
    .argument('[tenant]', OTHER)
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
    .action(async (name: string | undefined, given: FreezeOptions, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const client = connect(options, environment);
      const answer = await client.freeze(
        { reason: given.reason, ...subjectOf(name, given) },
        { signal },
      );
      output.result(answer, () => [heldLine(answer)]);
    });
  tenant
    .command('thaw')
    .argument('[tenant]', OTHER)
    .option('--everywhere', 'end the freeze of all tenants (admins)')
    .summary('end a freeze (operators)')
    .description('Everything that was due goes on within seconds.')
    .action(async (name: string | undefined, given: EverywhereOption, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const client = connect(options, environment);
      const answer = await client.thaw(subjectOf(name, given), { signal });
      output.result(answer, () => [heldLine(answer)]);
    });
  addTenantDelete(tenant, environment);
}

interface EverywhereOption {
  readonly everywhere?: boolean;
}

interface FreezeOptions extends EverywhereOption {
  readonly reason: string;
}

/** Whose work is meant. @throws UsageError for one tenant and all of them. */
function subjectOf(
  tenant: string | undefined,
  { everywhere = false }: EverywhereOption,
): { readonly scope: 'installation' | 'tenant'; readonly tenant?: string } {
  if (everywhere && tenant !== undefined) {
    throw new UsageError('name a tenant or say --everywhere, not both');
  }
  return {
    scope: everywhere ? 'installation' : 'tenant',
    ...(tenant === undefined ? {} : { tenant }),
  };
}

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

function linesOf(document: TenantAnswer): string[] {
  const { tenant, limits, redaction, budget, maxSensitivity, residency, deleted } = document;
  if (deleted) return [`${tenant}  deleted at ${deleted.at} by ${deleted.by}`];
  const { maxCapUsd } = budget;
  return [
    tenant,
    `  generations below a root  ${limits.maxForkDepth}`,
    `  children of one           ${limits.maxChildren}`,
    `  requests a second         ${limits.requestsPerSecond}`,
    `  budget of one             ${budget.defaultCapUsd} USD${maxCapUsd === null ? '' : `, ${maxCapUsd} at most`}`,
    `  sensitivity               up to ${maxSensitivity}`,
    `  regions                   ${residency.join(', ') || 'any'}`,
    `  taken out of texts        ${redaction.kinds.join(', ') || '-'}`,
    `  names taken out           ${redaction.names.length}`,
  ];
}
