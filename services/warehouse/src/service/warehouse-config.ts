import { actorKeysOf, readEnvironment, ServiceEnvironment } from '@maestro/actors';
import { MaestroError } from '@maestro/core';
import type { StorePlace } from '@maestro/stores';
import { z } from 'zod';
import { copyPlaceOf, type CopyPlace } from '../copy/copy-place.ts';

/** The environment of the warehouse; unknown variables are not looked at. */
const WarehouseEnvironment = ServiceEnvironment.extend({
  /** Name of the pub/sub component. */
  MAESTRO_PUBSUB: z
    .string()
    .default('')
    .transform((text) => text || 'maestro-pubsub'),
  /** `duckdb:<file>` or a PostgreSQL URL. */
  MAESTRO_WAREHOUSE: z.string().min(1),
  /** Where the state store is, to be compared with the tables: `sqlite:<file>`, a PostgreSQL URL, `dynamodb:<table>` or the URL of a Cosmos DB account. */
  MAESTRO_STORE: z.string().min(1),
  /** Where tenants are that have a state component for themselves, separated by spaces. */
  MAESTRO_TENANT_STORES: z.string().default(''),
  MAESTRO_COSMOS_KEY: z.string().min(1).optional(),
  /** Pause between two comparisons, in ms; half a minute, or an hour where the store has a change feed, unless given. */
  MAESTRO_RECONCILE_MS: z.coerce.number().int().min(100).max(86_400_000).optional(),
  /** Where a copy is to be: `redshift://...` or `sqlserver://...`; none unless given. */
  MAESTRO_WAREHOUSE_COPY: z.string().default(''),
  MAESTRO_WAREHOUSE_COPY_PASSWORD: z.string().optional(),
  /** Pause between two rounds of the copy, in ms. */
  MAESTRO_COPY_MS: z.coerce.number().int().min(100).max(86_400_000).default(30_000),
});

/** Where the tables are. */
export type TablesPlace = { readonly duckdb: string } | { readonly postgres: string };

/** What the warehouse is told by its environment. */
export interface WarehouseConfig {
  readonly appPort: number;
  readonly daprHttpPort: number;
  readonly stateComponent: string;
  readonly pubsubComponent: string;
  readonly tables: TablesPlace;
  readonly store: StorePlace;
  /** Stores that tenants have for themselves. */
  readonly tenantStores: readonly StorePlace[];
  readonly reconcileMs: number | undefined;
  readonly copy: { readonly place: CopyPlace; readonly everyMs: number } | undefined;
  /** What actor calls are signed with, by the first of them; none only in development. */
  readonly actorKeys: readonly string[];
  /** What the sidecar shows on the app port. */
  readonly appToken: string | undefined;
  readonly logLevel: string;
}

/**
 * Reads the environment once.
 *
 * @throws MaestroError `config.invalid`, naming each variable and what it has to be.
 */
export function readWarehouseConfig(environment: NodeJS.ProcessEnv): WarehouseConfig {
  const data = readEnvironment(WarehouseEnvironment, environment);
  return Object.freeze({
    appPort: data.APP_PORT,
    daprHttpPort: data.DAPR_HTTP_PORT,
    stateComponent: data.MAESTRO_STATE_COMPONENT,
    pubsubComponent: data.MAESTRO_PUBSUB,
    tables: tablesAt(data.MAESTRO_WAREHOUSE),
    store: storeAt('MAESTRO_STORE', data.MAESTRO_STORE, data.MAESTRO_COSMOS_KEY),
    tenantStores: data.MAESTRO_TENANT_STORES.split(/\s+/)
      .filter(Boolean)
      .map((text) => storeAt('MAESTRO_TENANT_STORES', text, data.MAESTRO_COSMOS_KEY)),
    reconcileMs: data.MAESTRO_RECONCILE_MS,
    copy:
      data.MAESTRO_WAREHOUSE_COPY === ''
        ? undefined
        : {
            place: copyPlaceOf(data.MAESTRO_WAREHOUSE_COPY, data.MAESTRO_WAREHOUSE_COPY_PASSWORD),
            everyMs: data.MAESTRO_COPY_MS,
          },
    actorKeys: actorKeysOf(data),
    appToken: data.APP_API_TOKEN,
    logLevel: data.MAESTRO_LOG_LEVEL,
  });
}

const POSTGRES = /^postgres(ql)?:\/\//;

function tablesAt(text: string): TablesPlace {
  if (POSTGRES.test(text)) return { postgres: text };
  const duckdb = after('duckdb:', text);
  if (duckdb !== undefined) return { duckdb };
  throw new MaestroError('config.invalid', 'MAESTRO_WAREHOUSE: duckdb:<file> or postgres://...');
}

function storeAt(variable: string, text: string, cosmosKey: string | undefined): StorePlace {
  const sqlite = after('sqlite:', text);
  if (sqlite !== undefined) return { sqlite };
  const dynamodb = after('dynamodb:', text);
  if (dynamodb !== undefined) return { dynamodb };
  if (POSTGRES.test(text)) return { postgres: text };
  if (/^https?:\/\//.test(text) && cosmosKey !== undefined) {
    const { origin, pathname } = new URL(text);
    const [database = 'maestro', container = 'continuations'] = pathname
      .split('/')
      .filter((part) => part !== '');
    return { cosmos: { endpoint: origin, database, container, credential: { key: cosmosKey } } };
  }
  throw new MaestroError(
    'config.invalid',
    `${variable}: sqlite:<file>, postgres://..., dynamodb:<table>, or the URL of a Cosmos DB account with MAESTRO_COSMOS_KEY`,
  );
}

function after(prefix: string, text: string): string | undefined {
  return text.startsWith(prefix) && text.length > prefix.length
    ? text.slice(prefix.length)
    : undefined;
}
