import type { AppSpec, ComponentSetName, SetBackends } from '@maestro/infra-dapr';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../..');

/** The DuckDB file of {@link warehouseApp}. */
export function warehouseFile(dataDir: string): string {
  return path.join(dataDir, 'warehouse.duckdb');
}

/**
 * The warehouse of a stack, compared with the set's state store every two seconds.
 *
 * @param tables where its tables are, as `MAESTRO_WAREHOUSE` has it; by default a DuckDB file.
 */
export function warehouseApp(
  set: ComponentSetName,
  backends: SetBackends,
  dataDir: string,
  tables = `duckdb:${warehouseFile(dataDir)}`,
): AppSpec {
  return {
    appId: 'maestro-warehouse',
    command: [process.execPath, path.join(repository, 'services/warehouse/dist/main.js')],
    actorTypes: [],
    env: {
      ...warehouseEnvironment(set, backends, dataDir, tables),
      MAESTRO_RECONCILE_MS: '2000',
    },
  };
}

/** What {@link warehouseApp}, or a warehouse within the standalone service, is told of its tables and the set's state store. */
export function warehouseEnvironment(
  set: ComponentSetName,
  backends: SetBackends,
  dataDir: string,
  tables = `duckdb:${warehouseFile(dataDir)}`,
): Readonly<Record<string, string>> {
  return { ...storeOf(set, backends, dataDir), MAESTRO_WAREHOUSE: tables };
}

function storeOf(
  set: ComponentSetName,
  { env, servers, overlay }: SetBackends,
  dataDir: string,
): Record<string, string> {
  switch (set) {
    case 'local':
      return { MAESTRO_STORE: `sqlite:${path.join(dataDir, 'state.db')}` };
    case 'postgres':
      return { MAESTRO_STORE: env['MAESTRO_POSTGRES'] ?? '' };
    case 'azure':
      return {
        MAESTRO_STORE: env['MAESTRO_COSMOS_URL'] ?? '',
        MAESTRO_COSMOS_KEY: overlay['maestro-state']?.set?.['masterKey'] ?? '',
      };
    case 'aws':
      return {
        MAESTRO_STORE: 'dynamodb:maestro-continuations',
        AWS_REGION: env['MAESTRO_AWS_REGION'] ?? '',
        AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${servers.state?.port}`,
        AWS_ENDPOINT_URL_DYNAMODB_STREAMS: `http://127.0.0.1:${servers.state?.port}`,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      };
  }
}
