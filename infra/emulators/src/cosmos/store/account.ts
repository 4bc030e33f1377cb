import { noJournalFile, openJournalFile, type JournalFile } from '../../journal-file.ts';
import { conflict, notFound, notSupported } from '../cosmos-error.ts';
import { isObject, stringAt, type Json, type JsonObject } from '../json.ts';
import { Container, type Commit } from './container.ts';
import { partitionKeyDefinition } from './partition-key.ts';
import { newContainerRid, newDatabaseRid, newEtag } from './resource-ids.ts';
import { resourceName } from './resource-name.ts';
import { timeToLive } from './time-to-live.ts';

/** A database with its containers. */
export interface Database {
  readonly properties: JsonObject;
  readonly rid: string;
  readonly containers: Map<string, Container>;
}

const UNSUPPORTED = [
  'uniqueKeyPolicy',
  'computedProperties',
  'vectorEmbeddingPolicy',
  'clientEncryptionPolicy',
];

function isUsed(value: Json | undefined): boolean {
  if (!isObject(value)) return Array.isArray(value) && value.length > 0;
  return Object.values(value).some((part) => isUsed(part));
}

/** The databases of the emulated account; every change goes to the journal before it is visible. */
export class Account {
  readonly databases = new Map<string, Database>();
  #journal: JournalFile = noJournalFile;
  readonly #nowMs: () => number;

  /** @param dataFile - a journal to continue; data is kept in memory alone when left out */
  constructor(nowMs: () => number, dataFile?: string) {
    this.#nowMs = nowMs;
    if (dataFile !== undefined) {
      this.#journal = openJournalFile(dataFile, isObject, (record) => this.#replay(record));
    }
  }

  /** Throws a 404 when there is none. */
  database(id: string): Database {
    const database = this.databases.get(id);
    if (!database) throw notFound();
    return database;
  }

  /** Throws a 404 when there is none. */
  container(databaseId: string, id: string): Container {
    const container = this.databases.get(databaseId)?.containers.get(id);
    if (!container) throw notFound();
    return container;
  }

  /** Throws a 409 when the id is taken. */
  createDatabase(input: JsonObject): Database {
    const id = resourceName(input['id']);
    if (this.databases.has(id)) throw conflict();
    const rid = newDatabaseRid();
    const self = `dbs/${rid}/`;
    const system = { _rid: rid, _self: self, _colls: 'colls/', _users: 'users/' };
    const properties = { id, ...system, ...this.#stamp() };
    this.#journal.append(JSON.stringify({ database: properties }));
    return this.#addDatabase(properties);
  }

  /** Throws a 404 when there is none. */
  deleteDatabase(id: string): void {
    this.database(id);
    this.#journal.append(JSON.stringify({ deletedDatabase: id }));
    this.databases.delete(id);
  }

  /** Throws a 409 when the id is taken and a 400 when the definition breaks a rule. */
  createContainer(databaseId: string, input: JsonObject): Container {
    const database = this.database(databaseId);
    const id = resourceName(input['id']);
    for (const name of UNSUPPORTED)
      if (isUsed(input[name])) throw notSupported(`The property ${name}`);
    const { paths, kind, version } = partitionKeyDefinition(input['partitionKey']);
    const defaultTtl = timeToLive(input['defaultTtl']);
    if (database.containers.has(id)) throw conflict();
    const rid = newContainerRid(database.rid);
    const properties = {
      id,
      indexingPolicy: input['indexingPolicy'] ?? { indexingMode: 'consistent', automatic: true },
      partitionKey: { paths, kind, version },
      ...(defaultTtl !== undefined && { defaultTtl }),
      conflictResolutionPolicy: { mode: 'LastWriterWins', conflictResolutionPath: '/_ts' },
      _rid: rid,
      _self: `dbs/${database.rid}/colls/${rid}/`,
      _docs: 'docs/',
      _sprocs: 'sprocs/',
      _triggers: 'triggers/',
      _udfs: 'udfs/',
      _conflicts: 'conflicts/',
      ...this.#stamp(),
    };
    this.#journal.append(JSON.stringify({ container: properties, of: databaseId }));
    return this.#addContainer(database, properties);
  }

  /** Sets a container's `defaultTtl` and indexing policy; throws a 400 when the partition key differs. */
  replaceContainer(databaseId: string, id: string, input: JsonObject): Container {
    const container = this.container(databaseId, id);
    const declared = partitionKeyDefinition(input['partitionKey']);
    if (declared.paths.join() !== container.partitionKey.paths.join()) {
      throw notSupported('Another partition key');
    }
    const { defaultTtl: _, ...kept } = container.properties;
    const defaultTtl = timeToLive(input['defaultTtl']);
    const properties = {
      ...kept,
      indexingPolicy: input['indexingPolicy'] ?? kept['indexingPolicy'] ?? null,
      ...(defaultTtl !== undefined && { defaultTtl }),
      ...this.#stamp(),
    };
    this.#journal.append(JSON.stringify({ replacedContainer: properties, of: databaseId }));
    container.replaceProperties(properties);
    return container;
  }

  /** Throws a 404 when there is none. */
  deleteContainer(databaseId: string, id: string): void {
    this.container(databaseId, id);
    this.#journal.append(JSON.stringify({ deletedContainer: id, of: databaseId }));
    this.database(databaseId).containers.delete(id);
  }

  /** Writes down the changes of a transaction and makes them visible. */
  commit(databaseId: string, container: Container, commit: Commit): void {
    if (this.#journal !== noJournalFile) {
      const removed = commit.removed.map(({ partition, id }) => [partition, id]);
      const head = JSON.stringify({ of: databaseId, in: container.id, lsn: commit.lsn, removed });
      const written = commit.written.map(({ text }) => text).join();
      this.#journal.append(`${head.slice(0, -1)},"written":[${written}]}`);
    }
    container.apply(commit);
  }

  /** Lets go of the journal's file. */
  close(): void {
    this.#journal.close();
  }

  #stamp(): { _etag: string; _ts: number } {
    const timestamp = Math.floor(this.#nowMs() / 1000);
    return { _etag: newEtag(timestamp), _ts: timestamp };
  }

  #addDatabase(properties: JsonObject): Database {
    const database = { properties, rid: stringAt(properties, '_rid'), containers: new Map() };
    this.databases.set(stringAt(properties, 'id'), database);
    return database;
  }

  #addContainer(database: Database, properties: JsonObject): Container {
    const container = new Container(
      properties,
      stringAt(properties, '_rid'),
      stringAt(properties, '_self'),
    );
    database.containers.set(container.id, container);
    return container;
  }

  #replay(record: JsonObject): void {
    const { database, deletedDatabase, container, replacedContainer, deletedContainer } = record;
    const of = typeof record['of'] === 'string' ? record['of'] : '';
    if (isObject(database)) this.#addDatabase(database);
    else if (typeof deletedDatabase === 'string') this.databases.delete(deletedDatabase);
    else if (isObject(container)) this.#addContainer(this.database(of), container);
    else if (isObject(replacedContainer)) {
      this.container(of, stringAt(replacedContainer, 'id')).replaceProperties(replacedContainer);
    } else if (typeof deletedContainer === 'string') {
      this.database(of).containers.delete(deletedContainer);
    } else {
      const { lsn, written, removed } = record;
      if (typeof lsn !== 'number' || !Array.isArray(written) || !Array.isArray(removed)) {
        throw new TypeError('the journal holds a record of an unknown kind');
      }
      this.container(of, stringAt(record, 'in')).restore(lsn, written, removed);
    }
  }
}
