import type { ContinuationList, ListedContinuation, ListFilter } from '@maestro/client';
import { ContinuationStatus } from '@maestro/core';
import { Option, type Command } from 'commander';
import { contextOf } from '../command-context.ts';
import { connect } from '../connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { statusWord } from '../print/print-view.ts';
import { relativeTime } from '../print/relative-time.ts';

/** Continuations of one request. */
const PAGE = 200;

/** `maestro list`. */
export function addList(program: Command, environment: CliEnvironment): void {
  program
    .command('list')
    .summary('list continuations, the newest first')
    .description(
      "Lists the tenant's continuations, the newest first, as the warehouse knows them: a few seconds behind what happens.",
    )
    .addOption(
      new Option('--status <status>', 'only of this status').choices(ContinuationStatus.options),
    )
    .option('--recipe <name@version>', 'only of this recipe')
    .option('--root <id>', 'only the family of this root')
    .option('--since <instant>', 'only created then or later, such as 2026-08-27T12:00:00Z')
    .option('--search <text>', 'only with this in the objective')
    .option('--tag <tag>', 'only with this tag in the goal')
    .option('--due-by <instant>', 'only who sleeps until then at the latest; the soonest first')
    .option('--limit <n>', 'how many at most', wholeNumber(1), 50)
    .addHelpText(
      'after',
      `
Examples:
  $ maestro list --status sleeping --recipe watch@1
  $ maestro list --due-by 2026-12-24T18:00:00Z
  $ maestro list --search mitochondria --limit 1000 --json`,
    )
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf<ListFilter & { readonly limit: number }>(command, environment);
      const { options, output, signal } = context;
      const client = connect(options, environment);
      const { limit } = options;
      const { status, recipe, root, since, search, tag, dueBy } = options;
      const filter = { status, recipe, root, since, search, tag, dueBy, signal };
      let left = limit;
      let page: ContinuationList | undefined;
      while (left > 0 && page?.next !== null) {
        page = await client.list({
          ...filter,
          cursor: page?.next,
          limit: Math.min(left, PAGE),
        });
        for (const one of page.continuations) output.result(one, () => [lineOf(output, one)]);
        left -= page.continuations.length;
      }
      const asOf = page?.asOf ? `as of ${page.asOf}` : 'nothing was gathered yet';
      const more = page?.next ? '; there are more: --limit' : '';
      output.note(`${limit - left} continuations, ${asOf}${more}`);
    });
}

function lineOf(
  output: Output,
  { id, status, recipe, objective, createdAt, dueAt }: ListedContinuation,
): string {
  const age = relativeTime(createdAt, Date.now());
  const due = dueAt === null ? '' : `  (wakes ${relativeTime(dueAt, Date.now())})`;
  return `${id}  ${statusWord(output, status, 9)}  ${age.padEnd(12)}  ${recipe ?? ''}  ${objective ?? ''}${due}`;
}
