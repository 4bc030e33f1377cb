import { provideAzurite } from './azurite.ts';
import { provideDynamoDb } from './dynamodb-local.ts';
import { provideMoto } from './moto.ts';
import { findPostgres } from './postgres.ts';
import { findRedis } from './redis.ts';
import { requireProgram } from './server-program.ts';
import { runsOnAccount, type ComponentSetName } from './set-backends.ts';

type Provide = () => unknown;

/** What has to be on this machine before the servers of a set can start; each throws when it is not. */
const PROVIDED: Readonly<Record<ComponentSetName, readonly Provide[]>> = {
  local: [],
  postgres: [() => requireProgram(findPostgres()), () => requireProgram(findRedis())],
  azure: [() => provideAzurite()],
  aws: [() => provideDynamoDb(), () => provideMoto()],
};

/** How long a reason may be: what a package manager writes about a failure is longer. */
const MAX_REASON = 300;

/**
 * Why the servers of a component set cannot run on this machine, each reason with what helps; undefined when they can.
 * Servers that a package registry holds are fetched now, once for a machine, in a minute or two; that this fails is a
 * reason, too. A set that `MAESTRO_ACCOUNTS` names needs nothing.
 *
 * Tests are skipped for this reason; with `CI` set they fail for it instead.
 */
export async function missingForSet(set: ComponentSetName): Promise<string | undefined> {
  if (runsOnAccount(set)) return undefined;
  const outcomes = await Promise.allSettled(PROVIDED[set].map(async (provide) => await provide()));
  const reasons = outcomes.flatMap((outcome) => {
    if (outcome.status === 'fulfilled') return [];
    const text = outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason);
    return [text.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_REASON)];
  });
  return reasons.length === 0 ? undefined : reasons.join('; ');
}
