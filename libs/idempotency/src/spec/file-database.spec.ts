import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { migrateShop } from './shop.js';

/** A spec file's own database with the engine's tables and the notes, and a pool over it. */
class FileDatabase {
  private database: TestDatabase | undefined;
  private first: DataSource | undefined;

  async create(): Promise<void> {
    this.database = await createTestDatabase(migrateShop, 'idempotency-shop');
    this.first = await this.connect(4);
  }

  async drop(): Promise<void> {
    await this.first?.destroy();
    await this.database?.drop();
  }

  get source(): DataSource {
    if (!this.first) throw new Error('The database was not created.');
    return this.first;
  }

  get connections(): TypeOrmConnections {
    return new TypeOrmConnections(this.source);
  }

  /** A pool of its own for whoever asks, and closes it. */
  connect(max: number): Promise<DataSource> {
    if (!this.database) throw new Error('The database was not created.');
    return new DataSource({
      type: 'postgres',
      url: this.database.url,
      installExtensions: false,
      extra: { ...engineConnectionOptions(), max },
    }).initialize();
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
