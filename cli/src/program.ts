import { Command } from 'commander';
import { addDemo } from './commands/demo.ts';
import { addDev } from './commands/dev.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvents } from './commands/events.ts';
import { addExplain } from './commands/explain.ts';
import { addExport } from './commands/export.ts';
import { addFork } from './commands/fork.ts';
import { addGet } from './commands/get.ts';
import { addImport } from './commands/import.ts';
import { addLineage } from './commands/lineage.ts';
import { addList } from './commands/list.ts';
import { addMerge } from './commands/merge.ts';
import { addRebuildIndex } from './commands/rebuild-index.ts';
import { addRepair } from './commands/repair.ts';
import { addReplay } from './commands/replay.ts';
import { addSignals } from './commands/signal.ts';
import { addSkip } from './commands/skip.ts';
import { addAudit } from './commands/audit.ts';
import { addTenant } from './commands/tenant.ts';
import { addStart } from './commands/start.ts';
import { addStream } from './commands/stream.ts';
import { addToken } from './commands/token.ts';
import { addTrace } from './commands/trace.ts';
import { addTree } from './commands/tree.ts';
import { addVerify } from './commands/verify.ts';
import type { CliEnvironment } from './environment.ts';

/** The command line, ready to parse. */
export function createProgram(environment: CliEnvironment): Command {
  const program = new Command('maestro')
    .description('Runs Maestro, starts continuations, follows them and speaks to them.')
    .option('--json', 'print JSON for programs: one value per line')
    .option('--api <url>', 'where the API is', environment.api)
    .option('--token <token>', 'bearer token; $MAESTRO_TOKEN, or a dev token, unless given')
    .version('0.1.0')
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 1 refused or failed, 2 written wrongly.

Examples:
  $ maestro dev                                     run everything on this machine
  $ maestro start noop@1 --param sleepMs=5000 --follow
  $ maestro explain <id>                            what does it wait for?`,
    );
  const commands = [
    addDev,
    addDemo,
    addToken,
    addStart,
    addGet,
    addList,
    addEvents,
    addExplain,
    addTrace,
    addSignals,
    addFork,
    addMerge,
    addSkip,
    addTenant,
    addAudit,
    addStream,
    addTree,
    addLineage,
    addVerify,
    addExport,
    addImport,
    addRepair,
    addReplay,
    addRebuildIndex,
    addDoctor,
  ];
  for (const add of commands) add(program, environment);
  return program;
}
