import { badRequest, CosmosError, notSupported } from '../cosmos-error.ts';
import { objectBody } from '../documents/document-context.ts';
import { answerDocuments } from '../documents/document-routes.ts';
import { stringAt, type JsonObject } from '../json.ts';
import type { Account } from '../store/account.ts';
import type { Container } from '../store/container.ts';
import { accountResource } from './account-resource.ts';
import { containerHeaders, RANGE_ID } from './container-headers.ts';
import type { CosmosRequest } from './cosmos-request.ts';
import type { Reply } from './reply.ts';

function resource(status: number, properties: JsonObject): Reply {
  return {
    status,
    headers: { etag: stringAt(properties, '_etag') },
    body: JSON.stringify(properties),
  };
}

function feed(name: string, rid: string, resources: readonly JsonObject[]): Reply {
  const headers = { 'x-ms-item-count': String(resources.length) };
  const body = { _rid: rid, [name]: resources, _count: resources.length };
  return { status: 200, headers, body: JSON.stringify(body) };
}

function notAllowed({ method, rawPath }: CosmosRequest): CosmosError {
  return new CosmosError(405, `${method} is not allowed on /${rawPath}`);
}

function refuseQuery(request: CosmosRequest): void {
  if (request.header('content-type')?.startsWith('application/query+json')) {
    throw notSupported('A query for databases or containers');
  }
}

function databases(account: Account, request: CosmosRequest): Reply {
  if (request.method === 'GET') {
    const all = [...account.databases.values()].map(({ properties }) => properties);
    return feed('Databases', '', all);
  }
  if (request.method !== 'POST') throw notAllowed(request);
  refuseQuery(request);
  return resource(201, account.createDatabase(objectBody(request)).properties);
}

function database(account: Account, request: CosmosRequest, id: string): Reply {
  if (request.method === 'GET') return resource(200, account.database(id).properties);
  if (request.method !== 'DELETE') throw notAllowed(request);
  account.deleteDatabase(id);
  return { status: 204 };
}

function containers(account: Account, request: CosmosRequest, databaseId: string): Reply {
  if (request.method === 'GET') {
    const { rid, containers: all } = account.database(databaseId);
    return feed(
      'DocumentCollections',
      rid,
      [...all.values()].map(({ properties }) => properties),
    );
  }
  if (request.method !== 'POST') throw notAllowed(request);
  refuseQuery(request);
  return resource(201, account.createContainer(databaseId, objectBody(request)).properties);
}

function container(
  account: Account,
  request: CosmosRequest,
  databaseId: string,
  id: string,
): Reply {
  switch (request.method) {
    case 'GET':
      return resource(200, account.container(databaseId, id).properties);
    case 'PUT':
      return resource(
        200,
        account.replaceContainer(databaseId, id, objectBody(request)).properties,
      );
    case 'DELETE':
      account.deleteContainer(databaseId, id);
      return { status: 204 };
    default:
      throw notAllowed(request);
  }
}

/** The ranges of a container: one over everything. */
function partitionKeyRanges(databaseId: string, of: Container, request: CosmosRequest): Reply {
  if (request.method !== 'GET') throw notAllowed(request);
  const headers = { ...containerHeaders(databaseId, of, 1), etag: '"1"' };
  if (request.header('a-im') !== undefined && request.header('if-none-match') === '"1"') {
    return { status: 304, headers };
  }
  const range = {
    id: RANGE_ID,
    _rid: `${of.rid}range`,
    _self: `${of.self}pkranges/${of.rid}range/`,
    _etag: '"1"',
    _ts: of.properties['_ts'] ?? 0,
    minInclusive: '',
    maxExclusive: 'FF',
    ridPrefix: 0,
    throughputFraction: 1,
    status: 'online',
    parents: [],
  };
  return { ...feed('PartitionKeyRanges', of.rid, [range]), headers };
}

/** Answers a request that is allowed to be here; throws what the service refuses. */
export function answer(account: Account, request: CosmosRequest, nowMs: number): Reply {
  const [dbs, databaseId, colls, containerId, part, id, ...rest] = request.segments;
  if (dbs === undefined) {
    if (request.method !== 'GET') throw notAllowed(request);
    return { status: 200, body: accountResource(request.header('host') ?? 'localhost') };
  }
  if (dbs !== 'dbs' || (colls !== undefined && colls !== 'colls') || rest.length > 0) {
    throw notSupported(`The resource /${request.rawPath}`);
  }
  if (databaseId === undefined) return databases(account, request);
  if (colls === undefined) return database(account, request, databaseId);
  if (containerId === undefined) return containers(account, request, databaseId);
  if (part === undefined) return container(account, request, databaseId, containerId);
  const found = account.container(databaseId, containerId);
  if (part === 'pkranges' && id === undefined)
    return partitionKeyRanges(databaseId, found, request);
  if (part !== 'docs') throw notSupported(`The resource /${request.rawPath}`);
  checkConsistency(request);
  return answerDocuments({ account, databaseId, container: found, request, nowMs }, id);
}

const LEVELS = ['Strong', 'BoundedStaleness', 'Session', 'ConsistentPrefix', 'Eventual'];

/** The account is strong, so that every level that exists is a weaker or equal one. */
function checkConsistency(request: CosmosRequest): void {
  const level = request.header('x-ms-consistency-level');
  if (level !== undefined && !LEVELS.includes(level)) {
    throw badRequest(`The consistency level ${level} is invalid`);
  }
}
