import { existsSync } from 'node:fs';
import path from 'node:path';

/** What the command line is told by its environment. */
export interface CliEnvironment {
  readonly api: string;
  readonly token: string | undefined;
  readonly tenant: string;
  readonly user: string;
  /** Where the development stack keeps its data. */
  readonly dataDir: string;
  /** The local dev issuer's key pair; undefined when there is none. */
  readonly devKeyFile: string | undefined;
  readonly postgres: string | undefined;
  /** URL of the warehouse service. */
  readonly warehouse: string | undefined;
  /** Shown to that service, where its app port asks for it; nothing otherwise. */
  readonly warehouseHeaders: Readonly<Record<string, string>>;
  /** Whether what `maestro dev` starts serves its status page. */
  readonly statusPage: boolean;
  /** Key of a Cosmos DB account. */
  readonly cosmosKey: string | undefined;
  /** Access token of Entra ID for a Cosmos DB account. */
  readonly cosmosToken: string | undefined;
}

/** Where the development stack keeps its data unless told otherwise. */
export const DEFAULT_DATA_DIR = '.maestro';

/** Reads the environment once. */
export function readEnvironment(env: NodeJS.ProcessEnv): CliEnvironment {
  const dataDir = filled(env['MAESTRO_DATA_DIR']) ?? DEFAULT_DATA_DIR;
  const keyFile = filled(env['MAESTRO_DEV_KEY_FILE']) ?? path.join(dataDir, 'dev-issuer.json');
  return Object.freeze({
    api: filled(env['MAESTRO_API']) ?? 'http://127.0.0.1:8080',
    token: filled(env['MAESTRO_TOKEN']),
    tenant: filled(env['MAESTRO_TENANT']) ?? 'demo',
    dataDir,
    user: filled(env['USER']) ?? filled(env['USERNAME']) ?? 'developer',
    devKeyFile: existsSync(keyFile) ? keyFile : undefined,
    postgres: filled(env['MAESTRO_POSTGRES']),
    warehouse: filled(env['MAESTRO_WAREHOUSE_URL']),
    warehouseHeaders: env['APP_API_TOKEN'] ? { 'dapr-api-token': env['APP_API_TOKEN'] } : {},
    statusPage: env['MAESTRO_STATUS_PAGE'] !== 'off',
    cosmosKey: filled(env['MAESTRO_COSMOS_KEY']),
    cosmosToken: filled(env['MAESTRO_COSMOS_TOKEN']),
  });
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
