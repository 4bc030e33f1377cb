import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../binaries/run-command.ts';
import { startServerProcess, type RestartableServer } from './http-server-process.ts';
import { installedFolder } from './installed-server.ts';
import type { ServerOptions } from './postgres.ts';
import { findProgram, requireProgram } from './server-program.ts';

const VERSION = '2.6.1';

/** The table of `components/aws`. */
export const DYNAMODB_TABLE = 'maestro-continuations';

/** Fetches the vendor's own DynamoDB Local from Maven Central. */
async function install(folder: string): Promise<void> {
  const maven = requireProgram(findProgram('mvn', 'Maven', 'maven'));
  writeFileSync(
    join(folder, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>maestro</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
<dependencies><dependency><groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId>
<version>${VERSION}</version></dependency></dependencies></project>`,
  );
  const result = await runCommand(
    join(maven, 'mvn'),
    ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib'],
    { cwd: folder, timeoutMs: 600_000 },
  );
  if (!result.ok) throw new Error(`DynamoDB Local could not be fetched: ${result.error}`);
}

/**
 * Java, and the folder of DynamoDB Local's libraries, which are fetched if need be.
 *
 * @throws Error that says what is missing and how to get it.
 */
export async function provideDynamoDb(
  log?: ServerOptions['log'],
): Promise<{ readonly java: string; readonly lib: string }> {
  const folder = requireProgram(findProgram('java', 'Java', 'default-jre-headless'));
  const server = { name: 'dynamodb-local', version: VERSION, install, log };
  return { java: join(folder, 'java'), lib: join(await installedFolder(server), 'lib') };
}

/** Starts a DynamoDB Local that keeps its data in a file, with the table and its stream. */
export async function startDynamoDb(options: ServerOptions): Promise<RestartableServer> {
  const { java, lib } = await provideDynamoDb(options.log);
  const server = await startServerProcess({
    name: 'dynamodb',
    dataDir: options.dataDir,
    port: options.port,
    startMs: 60_000,
    command: (port, folder) => [
      java,
      '-Xmx512m',
      `-Djava.library.path=${lib}`,
      '-cp',
      join(lib, '*'),
      'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
      '-sharedDb',
      '-disableTelemetry',
      '-dbPath',
      folder,
      '-port',
      String(port),
    ],
  });
  try {
    await createTable(server.port);
  } catch (error) {
    await server.stop();
    throw error;
  }
  options.log?.(`DynamoDB Local on 127.0.0.1:${server.port}`);
  return server;
}

async function createTable(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.CreateTable',
      // DynamoDB Local wants credentials and checks none.
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
    },
    body: JSON.stringify({
      TableName: DYNAMODB_TABLE,
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  });
  const text = await response.text();
  if (!response.ok && !text.includes('ResourceInUseException')) {
    throw new Error(`the table could not be made: ${response.status} ${text}`);
  }
}
