import type { KeyScanner, StoreScanner } from '@maestro/core';
import { openStoreScanner } from '@maestro/stores';
import type { Command } from 'commander';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from '../failure.ts';

/** Options that say where a store is; at most one of them. */
export interface StoreOptions {
  readonly sqlite?: string;
  readonly postgres?: string;
  readonly dynamodb?: string;
  readonly cosmos?: string;
}

const KINDS = ['sqlite', 'postgres', 'dynamodb', 'cosmos'] as const;

/** Adds {@link StoreOptions} to a command. */
export function addStoreOptions(command: Command): Command {
  return command
    .option('--sqlite <file>', 'the file of a state.sqlite component')
    .option('--postgres <url>', 'the database of a state.postgresql v2 component')
    .option(
      '--dynamodb <table>',
      'the table of a state.aws.dynamodb component; region and credentials as for the AWS CLI',
    )
    .option(
      '--cosmos <url>',
      'the account of a state.azure.cosmosdb component, if need be with /database/container; MAESTRO_COSMOS_KEY or MAESTRO_COSMOS_TOKEN lets in',
    );
}

/**
 * Opens the store that the options name.
 *
 * @throws UsageError when they name none or several, StoreNotFound when what they name is not there.
 */
export async function openScanner(
  options: StoreOptions,
  environment: Pick<CliEnvironment, 'postgres' | 'cosmosKey' | 'cosmosToken'>,
): Promise<StoreScanner & KeyScanner> {
  const given = KINDS.filter((kind) => options[kind] !== undefined);
  if (given.length > 1) {
    throw new UsageError(`give one store, not ${given.map((kind) => `--${kind}`).join(' and ')}`);
  }
  const { sqlite, dynamodb, cosmos } = options;
  const postgres = given.length === 0 ? environment.postgres : options.postgres;
  if (sqlite !== undefined) return openStoreScanner({ sqlite });
  if (dynamodb !== undefined) return openStoreScanner({ dynamodb });
  if (cosmos !== undefined) return openStoreScanner({ cosmos: cosmosAccess(cosmos, environment) });
  if (postgres !== undefined) return openStoreScanner({ postgres: postgresUrl(postgres) });
  throw new UsageError(
    'say where the store is: --sqlite <file>, --postgres <url>, --dynamodb <table> or --cosmos <url>',
  );
}

function postgresUrl(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text)) return text;
  throw new UsageError('--postgres takes a URL such as postgres://user@127.0.0.1:5432/maestro');
}

function cosmosAccess(
  text: string,
  { cosmosKey, cosmosToken }: Pick<CliEnvironment, 'cosmosKey' | 'cosmosToken'>,
) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [database = 'maestro', container = 'continuations', ...more] =
    url?.pathname.split('/').filter((part) => part !== '') ?? [];
  if (!url || !/^https?:$/.test(url.protocol) || more.length > 0) {
    throw new UsageError(
      '--cosmos takes a URL such as https://account.documents.azure.com/maestro/continuations',
    );
  }
  const credential =
    cosmosKey !== undefined
      ? { key: cosmosKey }
      : cosmosToken !== undefined
        ? { token: cosmosToken }
        : undefined;
  if (!credential) {
    throw new UsageError('--cosmos needs MAESTRO_COSMOS_KEY or MAESTRO_COSMOS_TOKEN');
  }
  return { endpoint: url.origin, database, container, credential };
}
