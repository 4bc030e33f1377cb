import {
  BlobReference,
  MaestroError,
  traceparentOf,
  type ContinuationEvent,
  type ContinuationState,
  type JsonValue,
  type Lineage,
  type MergeInput,
  type MergeSpec,
} from '@maestro/core';
import { failFinally } from './advance.ts';
import type { CommandOf } from './command.ts';
import type { DecideContext, Decision } from './decision.ts';
import { beginTick, goOnWith } from './tick.ts';
import { TurnDraft } from './turn-draft.ts';

/** Merges that may wait for one parent: all of them are told in the commit of its end. */
const MAX_OPEN_JOINS = 30;

/** Values of an input over this size are blobs, so that the head of a merge of many stays small. */
const MAX_INPUT_BYTES = 1024;

/**
 * Checks a merge that is to be spawned. @returns the child's place in the family.
 *
 * @throws MaestroError `merge.invalid`, `merge.function_unknown`, `request.invalid` or `fork.too_deep`.
 */
export function lineageOfMerge(
  spec: MergeSpec,
  { ref, parents = [], recipes, limits: limitsOf }: DecideContext,
): Lineage {
  const limits = limitsOf();
  if (spec.parents.includes(ref.id)) throw invalid(`${ref.id} cannot be merged into itself`);
  if (new Set(spec.parents).size < spec.parents.length) {
    throw invalid('every parent is to be named once');
  }
  if (spec.need > spec.parents.length) {
    throw invalid(`${spec.need} parents cannot end: there are ${spec.parents.length}`);
  }
  const crowded = parents.find(
    ({ offspring, joins = [] }) =>
      (offspring?.children ?? 0) + 1 > limits.maxChildren ||
      joins.filter(({ settled }) => !settled).length >= MAX_OPEN_JOINS,
  );
  if (crowded) {
    throw new MaestroError(
      'fork.too_wide',
      `${crowded.id} has ${crowded.offspring?.children ?? 0} children, or ${MAX_OPEN_JOINS} merges that wait for it`,
    );
  }
  const parameters = recipes.merges.get(spec.function).parameters.safeParse(spec.parameters);
  if (!parameters.success) {
    throw new MaestroError(
      'merge.invalid',
      `the parameters do not fit the merge function ${spec.function}`,
      {
        details: parameters.error.issues.map((issue) => ({
          at: `/parameters/${issue.path.map(String).join('/')}`,
          message: issue.message,
        })),
      },
    );
  }
  const depth = Math.max(...parents.map(({ lineage }) => lineage.depth)) + 1;
  if (depth > limits.maxForkDepth) {
    throw new MaestroError(
      'fork.too_deep',
      `the merge would be ${depth} generations below its root; its tenant allows ${limits.maxForkDepth}`,
    );
  }
  return {
    root: parents[0]?.lineage.root ?? ref.id,
    parents: parents.map(({ id, sequence }) => ({ id, kind: 'merge', sequence })),
    depth,
  };
}

function invalid(text: string): MaestroError {
  return new MaestroError('merge.invalid', text);
}

/** Decides, in a parent, that a merge asks for it. One that has ended hands itself over at once. */
export function decideJoin(
  state: ContinuationState,
  { child, parents, function: name }: CommandOf<'join'>,
  context: DecideContext,
): Decision {
  const draft = new TurnDraft(state, context);
  const known = state.joins?.some((join) => join.child === child) === true;
  if (!known) {
    if (state.sealed) {
      throw new MaestroError(
        'continuation.sealed',
        `${state.id} was sealed at ${state.sealed.since}`,
      );
    }
    draft.add({
      type: 'merge',
      payload: { role: 'parent', child, parents, function: name, settled: false },
    });
  }
  return { events: draft.events, reply: { kind: 'joined', changed: !known } };
}

/** The command by which a parent that has ended hands itself over. */
export function handOverOf(
  state: ContinuationState,
  { sequence, payload, trace, commit }: ContinuationEvent & { readonly type: 'merge' },
): CommandOf<'hand-over'> {
  return {
    kind: 'hand-over',
    returnedMicroUsd: payload.returnedMicroUsd ?? 0,
    input: {
      parent: state.id,
      status: state.status === 'completed' || state.status === 'killed' ? state.status : 'failed',
      sequence,
      result: state.result?.value ?? null,
      state: state.recipeState,
    },
    traceparent: traceparentOf(trace.traceId, commit),
  };
}

/** Decides, in the child, that a parent has ended. */
export function decideHandOver(
  state: ContinuationState,
  { input, returnedMicroUsd }: CommandOf<'hand-over'>,
  context: DecideContext,
): Decision {
  const draft = new TurnDraft(state, context);
  const { merge, sealed } = state;
  if (sealed) {
    throw new MaestroError('continuation.sealed', `${state.id} was sealed at ${sealed.since}`);
  }
  const known = merge?.inputs.some(({ parent }) => parent === input.parent) !== false;
  if (merge && !known && merge.parents.includes(input.parent)) {
    draft.add({
      type: 'merge',
      payload: {
        role: 'child',
        child: state.id,
        parents: [input.parent],
        function: merge.function,
        returnedMicroUsd,
        input: {
          ...input,
          result: draft.claimed(input.result, MAX_INPUT_BYTES),
          state: draft.claimed(input.state, MAX_INPUT_BYTES),
        },
      },
    });
    mergeIfReady(draft, context);
  }
  return {
    events: draft.events,
    blobs: draft.blobs,
    reply: { kind: 'joined', changed: draft.events.length > 0 },
  };
}

/** Merges what there is if it is enough, or, at the deadline, anyway; fails what can never be enough. */
export function mergeIfReady(draft: TurnDraft, context: DecideContext, deadline?: string): void {
  const { merge, wait, paused } = draft.state;
  if (!merge || paused || wait?.condition.kind !== 'parents') return;
  const broken = merge.inputs.filter(({ status }) => status !== 'completed');
  const usable =
    merge.onFailure === 'include'
      ? merge.inputs
      : merge.inputs.filter((one) => !broken.includes(one));
  const [lost] = broken;
  if (merge.onFailure === 'fail' && lost) {
    failFinally(
      draft,
      new MaestroError('merge.failed', `the parent ${lost.parent} is ${lost.status}`),
    );
    return;
  }
  const possible = merge.parents.length - (merge.inputs.length - usable.length);
  if (possible < merge.need || (deadline !== undefined && usable.length === 0)) {
    const why =
      deadline === undefined
        ? `${merge.need} parents have to complete, and only ${possible} still can`
        : `no parent had ended by ${deadline}`;
    failFinally(draft, new MaestroError('merge.failed', why));
    return;
  }
  if (usable.length < merge.need && deadline === undefined) return;
  beginTick(
    draft,
    {
      kind: 'parents',
      causeId: `parents:${wait.waitId}`,
      ended: merge.inputs.length,
      ...(deadline === undefined ? {} : { at: deadline }),
    },
    deadline === undefined ? 0 : context.nowMs - Date.parse(deadline),
    [],
  );
  try {
    // In the order in which the merge names them, whoever was first.
    const inputs = merge.parents.flatMap((id) => usable.filter(({ parent }) => parent === id));
    const { value, conflicts } = context.recipes.merges.get(merge.function).merge(
      inputs.map((input): MergeInput => ({
        ...input,
        result: resolved(input.result, draft, context),
        state: resolved(input.state, draft, context),
      })),
      { parameters: merge.parameters, ancestor: context.ancestor },
    );
    draft.add({
      type: 'merge',
      payload: {
        role: 'child',
        child: draft.state.id,
        parents: inputs.map(({ parent }) => parent),
        function: merge.function,
        merged: { value: draft.claimed(value), conflicts: [...conflicts] },
      },
    });
  } catch (error) {
    failFinally(draft, error);
    return;
  }
  goOnWith(draft, context);
}

/** A value of an input, whether it is in the log, in a blob, or in one that this turn is about to store. */
function resolved(value: JsonValue, draft: TurnDraft, { values }: DecideContext): JsonValue {
  const reference = BlobReference.safeParse(value);
  if (!reference.success) return value;
  const { sha256 } = reference.data.$blob;
  const fresh = draft.blobs.get(sha256);
  const found = fresh === undefined ? values?.get(sha256) : (JSON.parse(fresh) as JsonValue);
  if (found === undefined) {
    throw new MaestroError('blob.not_found', `what a parent brought is missing: blob ${sha256}`);
  }
  return found;
}
