import type { SignalAnswer } from '@maestro/client';
import { isOperatorSignal } from '@maestro/core';
import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { jsonValue } from '../option-values.ts';
import { statusWord } from '../print/print-view.ts';

interface SignalOptions {
  readonly note?: string;
  readonly key?: string;
  readonly payload?: unknown;
}

const CONTROLS = {
  kill: 'end it, aborting whatever runs',
  pause: 'let the running step end and start no other',
  resume: 'go on after a pause',
} as const;

/** `maestro signal`, `kill`, `pause` and `resume`. */
export function addSignals(program: Command, environment: CliEnvironment): void {
  withSignalOptions(program.command('signal').argument('<id>', 'id of a continuation'))
    .argument('<name>', 'the signal that it waits for')
    .summary('give the signal that it waits for')
    .description('Gives a continuation the signal that it waits for; explain shows which.')
    .option('--payload <json>', 'what the step that goes on gets to see', jsonValue)
    .addHelpText(
      'after',
      `
Example:
  $ maestro signal <id> go --payload '{"approved":true}' --note 'as discussed'`,
    )
    .action(async (id: string, name: string, _options: unknown, command: Command) => {
      await send(contextOf<SignalOptions>(command, environment), id, name);
    });
  for (const [name, summary] of Object.entries(CONTROLS)) {
    withSignalOptions(program.command(name).argument('<id>', 'id of a continuation'))
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .action(async (id: string, _options: unknown, command: Command) => {
        await send(contextOf<SignalOptions>(command, environment), id, name);
      });
  }
}

function withSignalOptions(command: Command): Command {
  return command
    .option('--note <text>', 'why; kept out of the log')
    .option('--key <text>', 'idempotency key: the same key is taken once');
}

async function send(
  { options, environment, output, signal }: CommandContext<SignalOptions>,
  id: string,
  name: string,
): Promise<void> {
  const { note, key, payload } = options;
  const answer: SignalAnswer = await connect(
    options,
    environment,
    isOperatorSignal(name) ? { roles: ['operator'] } : {},
  ).signal(id, name, {
    ...(note === undefined ? {} : { note }),
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(payload === undefined ? {} : { payload }),
    signal,
  });
  output.result({ id, ...answer }, () => [
    `${id}  ${statusWord(output, answer.status)}${answer.changed ? '' : '  (nothing to do)'}`,
  ]);
}
