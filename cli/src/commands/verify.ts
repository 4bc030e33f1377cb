import type { EventsPage, MaestroClient } from '@maestro/client';
import { MaestroError, StoredEvent } from '@maestro/core';
import type { Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { NegativeResult, UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { readLogFile } from '../verify/read-log-file.ts';
import { verifyLog, type HeadClaim, type LogVerdict } from '../verify/verify-log.ts';

const PAGE = 500;

/** `maestro verify`. */
export function addVerify(program: Command, environment: CliEnvironment): void {
  program
    .command('verify')
    .argument('[id]', 'id of a continuation')
    .summary('check its log: hashes, gaps, and that it folds to the head')
    .description(
      'Checks that no event of a log was changed, left out or added, and that the log folds to the head row, byte for byte. Exits with 1 at the first place that does not verify.',
    )
    .option('--file <log.jsonl>', 'a log in a file, one event per line, instead of an id')
    .addHelpText(
      'after',
      `
Examples:
  $ maestro verify <id>
  $ maestro events <id> --json > log.jsonl && maestro verify --file log.jsonl`,
    )
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const context = contextOf<{ readonly file?: string }>(command, environment);
      const { options, output, signal } = context;
      let verdict: LogVerdict;
      if (options.file !== undefined) {
        if (id !== undefined) throw new UsageError('give an id or --file, not both');
        verdict = await verifyLog(readLogFile(options.file), () => undefined);
      } else {
        if (id === undefined) throw new UsageError('give an id, or --file with a log');
        const log = new RemoteLog(connect(options, environment), id, signal);
        verdict = await verifyLog(log.events(), () => log.head);
      }
      output.result(verdict, () => verdictLines(output, verdict));
      if (!verdict.ok) throw new NegativeResult('the log does not verify');
    });
}

/** A log as the API gives it, and the head that its last page came with. */
class RemoteLog {
  readonly #client: MaestroClient;
  readonly #id: string;
  readonly #signal: AbortSignal;
  head: HeadClaim | undefined;

  constructor(client: MaestroClient, id: string, signal: AbortSignal) {
    this.#client = client;
    this.#id = id;
    this.#signal = signal;
  }

  async *events(): AsyncGenerator<StoredEvent, void> {
    let from: number | null = 1;
    while (from !== null) {
      const page: EventsPage = await this.#client.events(this.#id, {
        from,
        limit: PAGE,
        includeHead: true,
        signal: this.#signal,
      });
      for (const [index, event] of page.events.entries()) yield checked(event, from + index);
      this.head = { sequence: page.head.sequence, row: page.headRow };
      from = page.next;
    }
  }
}

/** A row that is JSON but no event any more was tampered with like any other. */
function checked(event: unknown, sequence: number): StoredEvent {
  const parsed = StoredEvent.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new MaestroError('log.corrupt', `event ${sequence} is not an event`);
}

function verdictLines(output: Output, verdict: LogVerdict): string[] {
  const { fault } = verdict;
  if (fault) {
    const name = verdict.id ?? 'the log';
    return [
      `${output.tone('bad', 'broken')}  ${name}  at event ${fault.sequence} (${fault.reason}): ${fault.message}`,
    ];
  }
  const heads = {
    same: 'folds to the head, byte for byte',
    different: '',
    unknown: verdict.erased > 0 ? 'head not compared: payloads are erased' : 'head not compared',
  };
  const erased = verdict.erased > 0 ? `, ${verdict.erased} erased` : '';
  return [
    `${output.tone('good', 'verified')}  ${verdict.id}  ${verdict.events} events${erased}; ${heads[verdict.head]}`,
  ];
}
