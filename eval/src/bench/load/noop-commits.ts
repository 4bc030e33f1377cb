import { decide, type Command } from '@maestro/actors';
import {
  canonicalJson,
  deriveContinuationId,
  fold,
  GENESIS_HASH,
  sealEvent,
  textRedactorOf,
  type ContinuationRef,
  type ContinuationState,
  type EventDraft,
  type LogCommit,
  type RecipeRegistry,
  defaultTenantDocument,
} from '@maestro/core';
import { randomBytes } from 'node:crypto';
import { spawnCommand, TENANT } from '../stack/driver.ts';

const SLEEP_MS = 1000;

/** How events are put into commits: as the turns of a noop life do (4, then 3), or one by one. */
export type Grouping = 'as-committed' | 'one-per-commit';

/**
 * The commits of `lives` noop lives, in the order in which they would come: those of a life are about `apart` commits
 * apart, as the next turn of a life comes a second after the one before. Made by the product's own `decide`, seal and
 * fold, so rows and heads have the sizes of real ones.
 */
export function noopCommits(
  recipes: RecipeRegistry,
  name: string,
  lives: number,
  apart: number,
  grouping: Grouping,
): readonly LogCommit[] {
  const perLife = grouping === 'as-committed' ? 2 : 7;
  const lag = Math.max(1, Math.ceil(apart / perLife));
  const commits: { readonly place: number; readonly commit: LogCommit }[] = [];
  for (let life = 0; life < lives; life++) {
    const ref = { tenant: TENANT, id: deriveContinuationId(TENANT, `${name}-${life}`) };
    commitsOfLife(recipes, ref, grouping).forEach((commit, index) => {
      commits.push({ place: life + index * lag, commit });
    });
  }
  // Stable: commits of one place stay in the order of their lives.
  return commits.sort((a, b) => a.place - b.place).map(({ commit }) => commit);
}

function commitsOfLife(
  recipes: RecipeRegistry,
  ref: ContinuationRef,
  grouping: Grouping,
): readonly LogCommit[] {
  const commits: LogCommit[] = [];
  const startMs = Date.now();
  const tenant = defaultTenantDocument(ref.tenant);
  const texts = textRedactorOf(tenant.redaction);
  let state: ContinuationState | null = null;
  const turns: readonly { readonly command: Command; readonly nowMs: number }[] = [
    { command: spawnCommand('noop@1', { sleepMs: SLEEP_MS }), nowMs: startMs },
    { command: { kind: 'wake' }, nowMs: startMs + SLEEP_MS + 20 },
  ];
  const traceId = randomBytes(16).toString('hex');
  const identity = randomBytes(9).toString('base64url');
  for (const { command, nowMs } of turns) {
    const { events } = decide(state, command, {
      ref,
      nowMs,
      recipes,
      limits: () => tenant.limits,
      allowance: () => tenant,
      texts,
      leaseEnded: false,
      draining: false,
    });
    const groups = grouping === 'as-committed' ? [events] : events.map((event) => [event]);
    for (const group of groups) {
      const sealed: SealedGroup = sealGroup(ref, state, group, {
        nowMs,
        traceId,
        commitId: `${identity}.${commits.length + 1}`,
      });
      state = sealed.state;
      commits.push(sealed.commit);
    }
  }
  return commits;
}

interface SealedGroup {
  readonly commit: LogCommit;
  readonly state: ContinuationState;
}

function sealGroup(
  ref: ContinuationRef,
  before: ContinuationState | null,
  events: readonly EventDraft[],
  seal: { readonly nowMs: number; readonly traceId: string; readonly commitId: string },
): SealedGroup {
  const entries: string[] = [];
  let state = before;
  for (const draft of events) {
    const { event, row } = sealEvent(draft, {
      tenant: ref.tenant,
      continuation: ref.id,
      generation: 1,
      sequence: (state?.sequence ?? 0) + 1,
      previous: state?.hash ?? GENESIS_HASH,
      at: new Date(seal.nowMs).toISOString(),
      commit: seal.commitId,
      done: before?.sequence ?? 0,
      trace: { traceId: seal.traceId },
      salt: randomBytes(16).toString('base64url'),
    });
    entries.push(row);
    state = fold(state, event);
  }
  if (!state) throw new TypeError('a commit has events');
  const from = before?.sequence ?? 0;
  const head = canonicalJson(state);
  return { state, commit: { ref, from, commitId: seal.commitId, entries, head, snapshots: [] } };
}
