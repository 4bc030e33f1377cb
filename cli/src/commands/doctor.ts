import type { Check } from '@maestro/infra-dapr';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { apiAddress } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult } from '../failure.ts';
import type { Output } from '../output.ts';

/** `maestro doctor`. */
export function addDoctor(program: Command, environment: CliEnvironment): void {
  program
    .command('doctor')
    .summary('look for what this machine lacks')
    .description(
      'Looks at everything Maestro needs on this machine, and names the fix of what is missing.',
    )
    .action(async (_options: unknown, command: Command) => {
      const { options, output } = contextOf(command, environment);
      const { doctor } = await import('@maestro/infra-dapr');
      const [checks, api] = await Promise.all([
        doctor(),
        checkApi(apiAddress(options, environment)),
      ]);
      const all = [...checks, api];
      output.result({ checks: all }, () => all.flatMap((check) => checkLines(output, check)));
      if (all.some(({ ok, required }) => required && !ok)) throw new NegativeResult('not healthy');
    });
}

async function checkApi(address: string): Promise<Check> {
  const name = 'API';
  try {
    const response = await fetch(new URL('/readyz', address), {
      signal: AbortSignal.timeout(3000),
    });
    const body = (await response.json()) as {
      readonly checks?: readonly {
        readonly name: string;
        readonly ok: boolean;
        readonly message?: string;
      }[];
    };
    if (response.ok) return { name, ok: true, found: address, required: false };
    const failing = (body.checks ?? []).filter(({ ok }) => !ok);
    const found = `${address} is not ready: ${failing.map((check) => `${check.name} ${check.message ?? ''}`.trim()).join(', ')}`;
    return { name, ok: false, found, required: false, fix: 'see its log' };
  } catch {
    const found = `nothing answers at ${address}`;
    return { name, ok: false, found, required: false, fix: 'maestro dev' };
  }
}

function checkLines(output: Output, { name, ok, found, fix, required }: Check): string[] {
  const mark = ok
    ? output.tone('good', 'ok  ')
    : required
      ? output.tone('bad', 'FAIL')
      : output.tone('busy', 'none');
  return [
    `${mark}  ${name.padEnd(14)} ${found}`,
    ...(ok || fix === undefined ? [] : [`${' '.repeat(6)}${' '.repeat(14)} fix: ${fix}`]),
  ];
}
