import { COMPONENT_SETS, type ComponentSetName } from '@maestro/infra-dapr';
import { parseArgs } from 'node:util';
import { FAULTS, type Fault } from './faults.ts';

/** What a chaos run does. */
export interface ChaosOptions {
  /** Continuations in flight. */
  readonly continuations: number;
  /** Rounds of faults. */
  readonly rounds: number;
  /** The kinds of faults, taken in turn. */
  readonly faults: readonly Fault[];
  /** How long half of the continuations live at least, so that the faults meet them, in ms. */
  readonly lifeMs: number;
  readonly components: ComponentSetName;
  /** How long a frozen worker stays frozen, in ms. */
  readonly freezeMs: number;
  /** How long the rest may take to finish after the last fault, in ms. */
  readonly finishWithinMs: number;
  readonly dataDir: string | undefined;
}

const HELP = `Kills and freezes every part of a stack while continuations are in flight, then verifies every log.

  npm run chaos -- [options]

  --continuations N   continuations in flight (500)
  --rounds N          rounds of faults (10)
  --faults A,B        only these, of ${FAULTS.join(', ')}
  --life-s N          how long half of them live at least (60)
  --components SET    one of ${COMPONENT_SETS.join(', ')} (local)
  --freeze-s N        how long a frozen worker stays frozen (30)
  --finish-s N        time to finish after the last fault (240)
  --data-dir DIR      keep data and logs there (default: a temporary folder, kept only after a failure)
  --quick             60 continuations, 6 rounds
  --help              this text
`;

/** Reads the command line; prints the help and ends the process when asked to. */
export function readChaosOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      continuations: { type: 'string' },
      rounds: { type: 'string' },
      faults: { type: 'string', default: FAULTS.join(',') },
      'life-s': { type: 'string', default: '60' },
      components: { type: 'string', default: 'local' },
      'freeze-s': { type: 'string', default: '30' },
      'finish-s': { type: 'string', default: '240' },
      'data-dir': { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const components = COMPONENT_SETS.find((set) => set === values.components);
  if (components === undefined) {
    throw new TypeError(
      `--components is one of ${COMPONENT_SETS.join(', ')}, not '${values.components}'`,
    );
  }
  return {
    continuations: wholeNumber(
      'continuations',
      values.continuations ?? (values.quick ? '60' : '500'),
    ),
    rounds: wholeNumber('rounds', values.rounds ?? (values.quick ? '6' : '10')),
    faults: values.faults.split(',').map(faultOf),
    lifeMs: wholeNumber('life-s', values['life-s']) * 1000,
    components,
    freezeMs: wholeNumber('freeze-s', values['freeze-s']) * 1000,
    finishWithinMs: wholeNumber('finish-s', values['finish-s']) * 1000,
    dataDir: values['data-dir'],
  };
}

function faultOf(text: string): Fault {
  const fault = FAULTS.find((one) => one === text);
  if (fault === undefined)
    throw new TypeError(`--faults are of ${FAULTS.join(', ')}, not '${text}'`);
  return fault;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new TypeError(`--${name} is a whole number from 1, not '${text}'`);
  return value;
}
