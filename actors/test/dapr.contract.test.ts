import { blobContract, busContract, schedulerContract, storeContract } from '@maestro/core/testing';
import { missingForSet, type ComponentSetName } from '@maestro/infra-dapr';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openComponentSet, TOPIC, type OpenComponentSet } from './support/component-set.ts';

/** Rounds of 16 concurrent writers against a real store. */
const FENCING_ROUNDS = Number(process.env['MAESTRO_FENCING_ROUNDS'] ?? 75);

/** The sets to run, by name. */
const SETS = (process.env['MAESTRO_SETS'] ?? 'local,postgres,azure,aws').split(
  ',',
) as ComponentSetName[];

for (const set of SETS) {
  const missing = await missingForSet(set);
  if (missing && !process.env['CI']) {
    describe.skip(`component set ${set}: ${missing}`, () => {
      it('needs its servers', () => undefined);
    });
    continue;
  }
  describe(`component set ${set}`, () => {
    let opened: OpenComponentSet;
    beforeAll(async () => {
      if (missing) throw new Error(missing);
      opened = await openComponentSet(set);
    });
    afterAll(() => opened?.close());

    storeContract(`Dapr, ${set}`, async () => ({
      hosts: opened.stores,
      fencingRounds: FENCING_ROUNDS,
    }));
    blobContract(`Dapr, ${set}`, async () => opened.blobs);
    schedulerContract(`Dapr, ${set}`, async () => ({
      scheduler: opened.scheduler,
      nowMs: () => Date.now(),
      pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      fired: opened.fired,
      failNext: (count) => opened.failNext('reminder', count),
    }));
    if (set !== 'local') {
      busContract(`Dapr, ${set}`, async () => {
        if (!opened.bus) throw new TypeError('this set has a broker');
        return {
          bus: opened.bus,
          topic: TOPIC,
          received: () => opened.received,
          failNext: (count, forGood) => opened.failNext(forGood ? 'poison' : 'message', count),
          deadLetters: () => opened.deadLetters,
          redelivers: true,
        };
      });
    }
  });
}
