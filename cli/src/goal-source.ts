import type { StartRequestInput } from '@maestro/client';
import { RecipeReference } from '@maestro/core';
import { readFile } from 'node:fs/promises';
import { UsageError } from './failure.ts';

/** What the command line says about a goal, beside its source. */
export interface GoalOptions {
  readonly objective?: string;
  readonly param?: Readonly<Record<string, unknown>>;
  /** Hard cap of the budget, in US dollars. */
  readonly cap?: number;
}

/**
 * The request for a recipe reference such as `noop@1`, or for a YAML or JSON file that holds a goal frame or
 * `{goal, budget}`. Options count for more than the file. Whether the goal is valid, the API says.
 */
export async function startRequestFrom(
  source: string,
  options: GoalOptions,
): Promise<StartRequestInput> {
  const { goal, budget } = RecipeReference.safeParse(source).success
    ? { goal: { recipe: source, objective: `Run ${source}` }, budget: undefined }
    : await readGoalFile(source);
  const request = {
    goal: {
      ...goal,
      ...(options.objective === undefined ? {} : { objective: options.objective }),
      ...(options.param
        ? {
            parameters: {
              ...(isRecord(goal['parameters']) ? goal['parameters'] : {}),
              ...options.param,
            },
          }
        : {}),
    },
    ...(options.cap === undefined
      ? budget === undefined
        ? {}
        : { budget }
      : { budget: { capUsd: options.cap } }),
  };
  // Sent as it is: the API checks it, and names each place that is wrong.
  return request as unknown as StartRequestInput;
}

interface GoalFile {
  readonly goal: Readonly<Record<string, unknown>>;
  readonly budget?: unknown;
}

async function readGoalFile(file: string): Promise<GoalFile> {
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UsageError(`'${file}' is neither a recipe such as noop@1 nor a goal file: ${reason}`);
  }
  if (!isRecord(value)) throw new UsageError(`${file} holds no goal frame`);
  if (!isRecord(value['goal'])) return { goal: value };
  return { goal: value['goal'], budget: value['budget'] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
