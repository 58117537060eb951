import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import type { EngineOptions } from '../engine/attempt.js';
import { Engine } from '../engine/engine.js';
import type { Operation } from '../operation.js';
import { migrate } from '../spec/migrate.js';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import type { LeaseTimes } from './lease-times.js';
import { LeasedEngine } from './leased-engine.js';

/** One process: an engine of each kind over a pool of its own. */
export interface Instance {
  readonly source: DataSource;
  readonly plain: Engine;
  readonly leased: LeasedEngine;
}

/** A database with the engine's tables and one table for effects, and the instances that a spec starts over it. */
export class LeasedDatabase {
  private database: TestDatabase | undefined;
  private readonly sources: DataSource[] = [];

  async create(): Promise<void> {
    this.database = await createTestDatabase(migrateCalls, 'idempotency-leased');
    await this.connect();
  }

  get url(): string {
    if (!this.database) throw new Error('The database was not created.');
    return this.database.url;
  }

  async instance(
    times: Partial<LeaseTimes> = {},
    options: Partial<EngineOptions> = {},
    url = this.url,
  ): Promise<Instance> {
    const source = await this.connect(url);
    const connections = new TypeOrmConnections(source);
    const plain = new Engine(connections, options);
    return { source, plain, leased: new LeasedEngine(connections, plain, times) };
  }

  async rows<Row = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const [first] = this.sources;
    if (!first) throw new Error('The database was not created.');
    return first.query(sql, values);
  }

  async effects(): Promise<string[]> {
    return (await this.rows<{ name: string }>('SELECT name FROM effect ORDER BY name')).map(
      ({ name }) => name,
    );
  }

  /** Nothing of earlier specs, and no instance of theirs. */
  async clear(): Promise<void> {
    await Promise.all(this.sources.splice(1).map((source) => source.destroy()));
    await this.rows('TRUNCATE idempotency_key, idempotency_step, effect, call');
  }

  async drop(): Promise<void> {
    await Promise.all(this.sources.splice(0).map((source) => source.destroy()));
    await this.database?.drop();
  }

  private async connect(url = this.url): Promise<DataSource> {
    const source = await new DataSource({
      type: 'postgres',
      url,
      installExtensions: false,
      extra: { ...engineConnectionOptions(), max: 4 },
    }).initialize();
    this.sources.push(source);
    return source;
  }
}

const migrateCalls = (url: string): Promise<void> =>
  migrate(
    url,
    'CREATE TABLE effect (name text NOT NULL)',
    'CREATE TABLE call (key text NOT NULL, derived text NOT NULL)',
  );

export function operation(key = 'k', fingerprint = '1:a'): Operation<string> {
  return { scope: 'caller:alice', key, fingerprint, input: key, method: 'POST', path: '/payments' };
}
