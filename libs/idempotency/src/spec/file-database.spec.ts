import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { migrateShop } from './shop.js';

/** A spec file's own database with the engine's tables and the notes, and pools over it. */
class FileDatabase {
  private database: TestDatabase | undefined;
  private readonly sources: DataSource[] = [];

  async create(): Promise<void> {
    this.database = await createTestDatabase(migrateShop, 'idempotency-shop');
    await this.connect(4);
  }

  async drop(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.destroy()));
    await this.database?.drop();
  }

  get source(): DataSource {
    const [first] = this.sources;
    if (!first) throw new Error('The database was not created.');
    return first;
  }

  get connections(): TypeOrmConnections {
    return new TypeOrmConnections(this.source);
  }

  /** One pool more, as another process has one; closed with the database. */
  async connect(max: number): Promise<DataSource> {
    if (!this.database) throw new Error('The database was not created.');
    const source = await new DataSource({
      type: 'postgres',
      url: this.database.url,
      installExtensions: false,
      extra: { ...engineConnectionOptions(), max },
    }).initialize();
    this.sources.push(source);
    return source;
  }
}

/** Created before the file's specs and dropped behind them; no key is left for the next one. */
export function fileDatabase(): FileDatabase {
  const database = new FileDatabase();
  beforeAll(() => database.create());
  afterAll(() => database.drop());
  beforeEach(() => database.source.query('TRUNCATE idempotency_key'));
  return database;
}
