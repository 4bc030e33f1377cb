import { MaestroError, type StreamItemInput } from '@maestro/core';
import type { Command } from 'commander';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { openInput } from '../move/open-input.ts';

/** Items that one request brings, and their size in bytes of the file. */
const BATCH = 100;
const BATCH_BYTES = 1024 * 1024;

/** `maestro stream publish`. */
export function addStream(program: Command, environment: CliEnvironment): void {
  const stream = program.command('stream').summary('feed streams').description('Feeds streams.');
  stream
    .command('publish')
    .argument('<stream>', 'name of the stream, such as arxiv.q-bio')
    .argument('[file]', 'items as JSON Lines, each with an id; standard input unless given')
    .summary('publish items on a stream')
    .description(
      'Publishes items on a stream, in order. An item that the stream has had before, by its id, wakes nobody: a file may be published again.',
    )
    .addHelpText(
      'after',
      `
An item: {"id":"arxiv:2608.01234","title":"...","source":"arxiv","attributes":{"species":"cow"},"body":"..."}

Example:
  $ maestro stream publish papers items.jsonl`,
    )
    .action(async (name: string, file: string | undefined, _options: unknown, command: Command) => {
      const { options, output, signal } = contextOf(command, environment);
      const client = connect(options, environment);
      let taken = 0;
      let known = 0;
      for await (const { items, lastLine } of batchesOf(file)) {
        const answer = await client.publish(name, items, { signal });
        taken += answer.taken;
        known += answer.known;
        if (items.length === BATCH) output.note(`${lastLine} lines`);
      }
      output.result({ stream: name, taken, known }, () => [
        `${name}  ${taken} taken${known === 0 ? '' : `, ${known} known before`}`,
      ]);
    });
}

interface Batch {
  readonly items: readonly StreamItemInput[];
  /** The line of the last of them. */
  readonly lastLine: number;
}

/** The items of a file, some at a time. @throws MaestroError `stream.item_invalid` for a line that is no JSON object. */
async function* batchesOf(file: string | undefined): AsyncGenerator<Batch, void> {
  if (file !== undefined) await (await openInput(file)).close();
  const input = file === undefined ? process.stdin : createReadStream(file);
  let items: StreamItemInput[] = [];
  let bytes = 0;
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line++;
    if (text.trim() === '') continue;
    items.push(itemOf(text, line));
    bytes += text.length;
    if (items.length >= BATCH || bytes >= BATCH_BYTES) {
      yield { items, lastLine: line };
      items = [];
      bytes = 0;
    }
  }
  if (items.length > 0) yield { items, lastLine: line };
}

function itemOf(text: string, line: number): StreamItemInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MaestroError('stream.item_invalid', `line ${line} is no JSON object`);
  }
  // What an item has to be the API says, and names the item.
  return value as StreamItemInput;
}
