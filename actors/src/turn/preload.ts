import {
  BlobReference,
  MaestroError,
  type BlobStore,
  type ContinuationRef,
  type ContinuationState,
  type ContinuationStore,
  type EventLog,
  type JsonValue,
  type RecipeRegistry,
} from '@maestro/core';
import type { Command } from './command.ts';
import { commonAncestor } from './common-ancestor.ts';
import { loadState } from './load-state.ts';
import { stateAt } from './state-at.ts';

/** What a decision needs besides its own state: read before it, because deciding is pure. */
export interface Preloaded {
  /** The state as of the earlier event that a fork names, if there is one. */
  readonly past?: ContinuationState | undefined;
  /** The parents of a merge that is to be spawned, in the order of the command. */
  readonly parents?: readonly ContinuationState[];
  /** The values that a merge's inputs refer to, by SHA-256. */
  readonly values?: ReadonlyMap<string, JsonValue>;
  /** The recipe's state of the nearest common ancestor of a merge's parents; undefined when there is none. */
  readonly ancestor?: JsonValue | undefined;
}

/** Where it is read from. */
export interface PreloadSource {
  readonly store: ContinuationStore;
  readonly events: EventLog;
  readonly blobs: BlobStore;
  readonly recipes: RecipeRegistry;
}

/**
 * Reads what the decision of a command needs to know of others or of the past. Most need nothing.
 *
 * @throws MaestroError `continuation.not_found` for a parent that does not exist.
 */
export async function preload(
  ref: ContinuationRef,
  state: ContinuationState | null,
  command: Command,
  source: PreloadSource,
): Promise<Preloaded> {
  if (command.kind === 'fork') {
    if (!state || command.from === undefined || command.from >= state.sequence) return {};
    return { past: await stateAt(ref, command.from, source.store, source.events) };
  }
  if (command.kind === 'spawn') {
    if (state || !command.merge) return {};
    return { parents: await statesOf(ref.tenant, command.merge.parents, source) };
  }
  if (state?.merge && state.wait?.condition.kind === 'parents' && mayMerge(command)) {
    const { inputs } = state.merge;
    const all = command.kind === 'hand-over' ? [...inputs, command.input] : inputs;
    return forMerge(state, { ...state.merge, inputs: all }, source);
  }
  return {};
}

/** Whether a command may lead to the merge; nothing else is to wait, or to fail, for what that needs. */
function mayMerge(command: Command): boolean {
  if (command.kind === 'signal') return ['resume', 'unseal', 'skip'].includes(command.signal);
  return command.kind === 'hand-over' || command.kind === 'wake';
}

async function forMerge(
  { tenant }: ContinuationState,
  merge: NonNullable<ContinuationState['merge']>,
  source: PreloadSource,
): Promise<Preloaded> {
  const values = new Map<string, JsonValue>();
  const read = async (value: JsonValue): Promise<void> => {
    const reference = BlobReference.safeParse(value);
    if (!reference.success) return;
    const { sha256 } = reference.data.$blob;
    const text = await source.blobs.get(tenant, sha256);
    if (text === undefined) {
      throw new MaestroError('blob.not_found', `what a parent brought is missing: blob ${sha256}`);
    }
    values.set(sha256, JSON.parse(text) as JsonValue);
  };
  await Promise.all(merge.inputs.flatMap(({ result, state }) => [read(result), read(state)]));
  const needsAncestor = source.recipes.merges.find(merge.function)?.usesAncestor === true;
  return { values, ancestor: needsAncestor ? await ancestorOf(tenant, merge, source) : undefined };
}

async function ancestorOf(
  tenant: string,
  { parents }: NonNullable<ContinuationState['merge']>,
  source: PreloadSource,
): Promise<JsonValue | undefined> {
  const states = await statesOf(tenant, parents, source);
  const point = await commonAncestor(
    states,
    async (id) => (await loadState({ tenant, id }, source.store, source.events)) ?? undefined,
  );
  if (!point) return undefined;
  const { store, events } = source;
  const state = await stateAt({ tenant, id: point.id }, point.sequence, store, events);
  return state?.recipeState;
}

function statesOf(
  tenant: string,
  ids: readonly string[],
  { store, events }: PreloadSource,
): Promise<readonly ContinuationState[]> {
  return Promise.all(
    ids.map(async (id) => {
      const state = await loadState({ tenant, id }, store, events);
      if (!state) {
        throw new MaestroError('continuation.not_found', `there is no continuation ${id} to merge`);
      }
      return state;
    }),
  );
}
