import { MaestroError, type RecipeRegistry } from '@maestro/core';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { WorkerConfig } from '../worker-config.ts';
import { PROBE_RECIPE, ProbeKeeper, type ProbeKeeperParts } from './probe-keeper.ts';

/** Pause between two looks, in ms, unless the probe wakes more often. */
const LOOK_EVERY_MS = 10_000;

/**
 * Keeps a probe going, if one is asked for.
 *
 * @returns a function that stops it; undefined when none is asked for.
 * @throws MaestroError `config.invalid` when its recipe was not loaded.
 */
export function keepProbe(
  config: WorkerConfig,
  recipes: RecipeRegistry,
  log: Logger,
  parts: Omit<ProbeKeeperParts, 'tenant' | 'everyMs'>,
): (() => Promise<void>) | undefined {
  if (!config.probe) return undefined;
  if (!recipes.list().some(({ reference }) => reference === PROBE_RECIPE)) {
    throw new MaestroError(
      'config.invalid',
      `MAESTRO_PROBE needs the recipe ${PROBE_RECIPE}: add @maestro/recipes to MAESTRO_RECIPES`,
    );
  }
  const keeper = new ProbeKeeper({ ...parts, ...config.probe });
  const stopping = new AbortController();
  const { signal } = stopping;
  const pauseMs = Math.min(LOOK_EVERY_MS, config.probe.everyMs);
  const working = (async () => {
    while (!signal.aborted) {
      await keeper
        .look(signal)
        .catch((error: unknown) => log.warn({ err: error }, 'the probe cannot be reached'));
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await working;
  };
}
