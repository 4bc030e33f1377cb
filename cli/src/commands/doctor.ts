import type { Check, ComponentCheck, ComponentFault } from '@maestro/infra-dapr';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { apiAddress } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult, UsageError } from '../failure.ts';
import type { Output } from '../output.ts';

/** `maestro doctor`. */
export function addDoctor(program: Command, environment: CliEnvironment): void {
  program
    .command('doctor')
    .summary('look for what this machine lacks')
    .description(
      'Looks at everything Maestro needs on this machine, and names the fix of what is missing.',
    )
    .option(
      '--components <folder>',
      'check the component files of a folder (or of a shipped set) instead',
    )
    .addHelpText(
      'after',
      `
--components looks for fields that a type of component does not have, which Dapr passes over in silence, for fields that
are missing, and for stores that cannot hold continuations, as the launcher does before it starts anything. It needs
neither Dapr nor an API and ends with 1 when it finds something: a step for the pipeline that rolls the files out. A
worker itself never sees them.

Examples:
  $ maestro doctor
  $ maestro doctor --components deploy/components
  $ maestro doctor --components azure --json`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { options, output } = contextOf<{ components?: string }>(command, environment);
      const { checkComponents, componentSet, doctor } = await import('@maestro/infra-dapr');
      if (options.components !== undefined) {
        const { folder } = componentSet(options.components);
        return reportComponents(output, folder, checkComponents(folder));
      }
      const [checks, api] = await Promise.all([
        doctor(),
        checkApi(apiAddress(options, environment)),
      ]);
      const all = [...checks, api];
      output.result({ checks: all }, () => all.flatMap((check) => checkLines(output, check)));
      if (all.some(({ ok, required }) => required && !ok)) throw new NegativeResult('not healthy');
    });
}

/**
 * Prints what was found in a folder of component files.
 *
 * @throws UsageError when there is no component in the folder, and NegativeResult when something is wrong.
 */
export function reportComponents(output: Output, folder: string, check: ComponentCheck): void {
  const { components, faults } = check;
  if (components.length === 0 && faults.length === 0) {
    throw new UsageError(`no Dapr component in ${folder}`);
  }
  output.result({ folder, components, faults }, () => [
    ...components
      .filter(
        ({ name, file }) => !faults.some((one) => one.component === name && one.file === file),
      )
      .map(({ name, type, known }) =>
        known
          ? `${output.tone('good', 'ok  ')}  ${name.padEnd(16)} ${type}`
          : `${output.tone('busy', 'none')}  ${name.padEnd(16)} ${type}: its fields are not known here`,
      ),
    ...faults.flatMap((fault) => faultLines(output, fault)),
  ]);
  if (faults.length > 0) throw new NegativeResult('not sound');
}

function faultLines(output: Output, { file, component = '', message }: ComponentFault): string[] {
  return [
    `${output.tone('bad', 'FAIL')}  ${component.padEnd(16)} ${file}`,
    ...message.split('\n').map((line) => `${' '.repeat(6)}${' '.repeat(16)} ${line}`),
  ];
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
