import pg from 'pg';
import type { DatabaseUrls } from '../backing/provision.js';

/** A statement and its values together; `Row` is what it answers. */
export interface Statement<Row extends object> {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly row?: Row;
}

export type ServiceName = keyof DatabaseUrls;

/** By which the control knows its own connections, so that it never cuts them. */
export const applicationName = 'semel-control';

/** A service's database, read as its owner while somebody looks; it holds no connection when nobody does. */
export class Database {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({
      connectionString: url,
      application_name: applicationName,
      max: 2,
      idleTimeoutMillis: 5_000,
      connectionTimeoutMillis: 3_000,
      statement_timeout: 10_000,
      allowExitOnIdle: true,
    });
    // An idle connection whose server was killed: the next statement opens another one.
    this.pool.on('error', () => undefined);
  }

  async query<Row extends object>({ text, values }: Statement<Row>): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(text, [...(values ?? [])]);
    return rows;
  }

  end(): Promise<void> {
    return this.pool.end();
  }
}

export type Databases = Readonly<Record<ServiceName, Database>>;
