import { expect, it } from 'vitest';
import { readWarehouseConfig } from './warehouse-config.ts';

const BASE = { APP_PORT: '3000', DAPR_HTTP_PORT: '3500', MAESTRO_ENV: 'development' };

it.each([
  ['duckdb:/data/warehouse.duckdb', 'sqlite:/data/state.db', undefined],
  ['postgres://user@host/warehouse', 'postgresql://user@host/state', undefined],
  ['duckdb:w.duckdb', 'dynamodb:maestro-continuations', undefined],
  ['duckdb:w.duckdb', 'https://account.documents.azure.com/maestro/other', 'key'],
])('takes tables at %s of a store at %s', (warehouse, store, key) => {
  const config = readWarehouseConfig({
    ...BASE,
    MAESTRO_WAREHOUSE: warehouse,
    MAESTRO_STORE: store,
    ...(key === undefined ? {} : { MAESTRO_COSMOS_KEY: key }),
  });
  expect({ tables: config.tables, store: config.store }).toMatchSnapshot();
  expect(config.reconcileMs).toBeUndefined();
});

const PLACES = { MAESTRO_WAREHOUSE: 'duckdb:a', MAESTRO_STORE: 'sqlite:a' };

it('copies where it is told to, and nowhere by itself', () => {
  expect(readWarehouseConfig({ ...BASE, ...PLACES }).copy).toBeUndefined();
  const { copy } = readWarehouseConfig({
    ...BASE,
    ...PLACES,
    MAESTRO_WAREHOUSE_COPY: 'sqlserver://loader@host/pool',
    MAESTRO_WAREHOUSE_COPY_PASSWORD: 'secret',
    MAESTRO_COPY_MS: '60000',
  });
  expect(copy).toEqual({
    place: {
      synapse: {
        host: 'host',
        port: 1_433,
        database: 'pool',
        user: 'loader',
        password: 'secret',
        tls: true,
      },
    },
    everyMs: 60_000,
  });
});

it('compares the stores that tenants have for themselves, too', () => {
  expect(readWarehouseConfig({ ...BASE, ...PLACES }).tenantStores).toEqual([]);
  const stores = ' sqlite:b  postgres://user@host/c ';
  const { tenantStores } = readWarehouseConfig({
    ...BASE,
    ...PLACES,
    MAESTRO_TENANT_STORES: stores,
  });
  expect(tenantStores).toEqual([{ sqlite: 'b' }, { postgres: 'postgres://user@host/c' }]);
});

it.each([
  [{ ...PLACES, MAESTRO_TENANT_STORES: 'sqlite:a redis://b' }, 'MAESTRO_TENANT_STORES'],
  [{}, 'MAESTRO_WAREHOUSE'],
  [{ ...PLACES, MAESTRO_WAREHOUSE_COPY: 'mysql://u@h/d' }, 'MAESTRO_WAREHOUSE_COPY'],
  [{ ...PLACES, MAESTRO_WAREHOUSE_COPY: 'redshift://u@h/d' }, 'MAESTRO_WAREHOUSE_COPY_PASSWORD'],
  [{ ...PLACES, MAESTRO_COPY_MS: '1' }, 'MAESTRO_COPY_MS'],
  [{ MAESTRO_WAREHOUSE: 'duckdb:', MAESTRO_STORE: 'sqlite:a' }, 'MAESTRO_WAREHOUSE'],
  [{ MAESTRO_WAREHOUSE: 'warehouse.db', MAESTRO_STORE: 'sqlite:a' }, 'MAESTRO_WAREHOUSE'],
  [{ MAESTRO_WAREHOUSE: 'duckdb:a', MAESTRO_STORE: 'redis://host' }, 'MAESTRO_STORE'],
  [{ MAESTRO_WAREHOUSE: 'duckdb:a', MAESTRO_STORE: 'https://account' }, 'MAESTRO_COSMOS_KEY'],
  [
    { MAESTRO_WAREHOUSE: 'duckdb:a', MAESTRO_STORE: 'sqlite:a', MAESTRO_RECONCILE_MS: '1' },
    'MAESTRO_RECONCILE_MS',
  ],
])('refuses %j and names what is wrong', (environment, named) => {
  expect(() => readWarehouseConfig({ ...BASE, ...environment })).toThrow(named);
});
