import {
  BatchWriteItemCommand,
  DynamoDBClient,
  paginateScan,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { CosmosClient } from '@azure/cosmos';
import {
  azureOverlay,
  findPostgres,
  startCosmos,
  startDynamoDb,
  startPostgres,
} from '@maestro/infra-dapr';
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { describe } from 'vitest';
import { openScanner } from 'maestro';
import { scannerContract } from './support/scanner-contract.ts';

const NO_ENVIRONMENT = { postgres: undefined, cosmosKey: undefined, cosmosToken: undefined };

scannerContract('state.sqlite', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-scan-'));
  const file = path.join(folder, 'state.db');
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE state (
    key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, is_binary BOOLEAN NOT NULL,
    etag TEXT NOT NULL, expiration_time TIMESTAMP DEFAULT NULL,
    update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)`);
  return {
    write: async (rows) => {
      database.exec('DELETE FROM state; BEGIN');
      const insert = database.prepare(
        "INSERT INTO state (key, value, is_binary, etag) VALUES (?, ?, 0, 'e')",
      );
      for (const [key, value] of rows) insert.run(key, JSON.stringify(value));
      database.exec('COMMIT');
    },
    open: () => openScanner({ sqlite: file }, NO_ENVIRONMENT),
    close: async () => {
      database.close();
      await rm(folder, { recursive: true });
    },
  };
});

const postgres = findPostgres();
if (!postgres.ok && process.env['CI'] === undefined) {
  describe.skip(`the scanner of state.postgresql: ${postgres.reason}, ${postgres.fix}`, () =>
    undefined);
} else {
  scannerContract('state.postgresql', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-scan-'));
    const server = await startPostgres({ dataDir });
    const pool = new Pool({ connectionString: server.connectionString });
    // `pool.end()` does not wait for its connections, so they may still see the server stop.
    pool.on('error', () => undefined);
    await pool.query(`CREATE TABLE state (key text NOT NULL PRIMARY KEY, value bytea NOT NULL,
      etag uuid NOT NULL DEFAULT gen_random_uuid(),
      created_at timestamp with time zone NOT NULL DEFAULT now(),
      updated_at timestamp with time zone, expires_at timestamp with time zone)`);
    return {
      write: async (rows) => {
        await pool.query('TRUNCATE state');
        await pool.query(
          `INSERT INTO state (key, value)
           SELECT key, convert_to(value, 'UTF8') FROM unnest($1::text[], $2::text[]) AS row (key, value)`,
          [rows.map(([key]) => key), rows.map(([, value]) => JSON.stringify(value))],
        );
      },
      open: () => openScanner({ postgres: server.connectionString }, NO_ENVIRONMENT),
      close: async () => {
        await pool.end();
        await server.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });
}

const TABLE = 'maestro-continuations';

scannerContract('state.aws.dynamodb', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-scan-'));
  const server = await startDynamoDb({ dataDir });
  // As people set the SDK up.
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = `http://127.0.0.1:${server.port}`;
  process.env['AWS_REGION'] = 'us-east-1';
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  const client = new DynamoDBClient({});
  const send = async (requests: readonly WriteRequest[]): Promise<void> => {
    for (let from = 0; from < requests.length; from += 25) {
      const RequestItems = { [TABLE]: requests.slice(from, from + 25) };
      await client.send(new BatchWriteItemCommand({ RequestItems }));
    }
  };
  return {
    write: async (rows) => {
      for await (const { Items = [] } of paginateScan({ client }, { TableName: TABLE })) {
        await send(Items.flatMap(({ key }) => (key ? [{ DeleteRequest: { Key: { key } } }] : [])));
      }
      await send(
        rows.map(([key, value]) => ({
          PutRequest: {
            Item: { key: { S: key }, value: { S: JSON.stringify(value) }, etag: { S: 'e' } },
          },
        })),
      );
    },
    open: () => openScanner({ dynamodb: TABLE }, NO_ENVIRONMENT),
    close: async () => {
      client.destroy();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});

scannerContract('state.azure.cosmosdb', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-scan-'));
  const server = await startCosmos({ dataDir });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const cosmosKey = azureOverlay(1, 1)['maestro-state']?.set?.['masterKey'] ?? '';
  const client = new CosmosClient({ endpoint, key: cosmosKey });
  const container = client.database('maestro').container('continuations');
  return {
    write: async (rows) => {
      const { resources } = await container.items
        .query<{ id: string; partitionKey: string }>('SELECT c.id, c.partitionKey FROM c')
        .fetchAll();
      await inBatches(resources, ({ id, partitionKey }) =>
        container.item(id, partitionKey).delete(),
      );
      await inBatches(rows, ([id, value]) =>
        container.items.create({ id, value, isBinary: false, partitionKey: partitionOf(id) }),
      );
    },
    open: () => openScanner({ cosmos: endpoint }, { ...NO_ENVIRONMENT, cosmosKey }),
    close: async () => {
      client.dispose();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});

function partitionOf(id: string): string {
  return id.split(':').slice(0, 2).join(':');
}

async function inBatches<Item>(
  items: readonly Item[],
  call: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += 64) {
    await Promise.all(items.slice(from, from + 64).map(call));
  }
}
