import type { Statement } from '@semel/idempotency';
import pg from 'pg';
import { OperatorError } from './operator-error.js';
import type { Target } from './targets.js';

/** One connection to a service's database. */
export class Database {
  private constructor(
    readonly service: string,
    private readonly client: pg.Client,
  ) {}

  /** @throws OperatorError where it can't be reached */
  static async open({ service, url }: Target): Promise<Database> {
    const config = { application_name: 'semel-operator', connectionTimeoutMillis: 10_000 };
    try {
      const client = new pg.Client({ ...config, connectionString: url });
      // A connection that breaks is told by the statement that needs it.
      client.on('error', () => {});
      await client.connect();
      return new Database(service, client);
    } catch (error) {
      throw new OperatorError(`The database of ${service} can't be reached: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  }

  async query<Row extends object>({ text, values = [] }: Statement<Row>): Promise<Row[]> {
    try {
      return (await this.client.query<Row>(text, [...values])).rows;
    } catch (error) {
      if (isOfOldSchema(error)) {
        throw new OperatorError(
          `The database of ${this.service} lacks what this needs (${messageOf(error)}): run the service's migrations.`,
          { cause: error },
        );
      }
      throw error;
    }
  }

  /** Commits what the work did, all of it or nothing. */
  async transaction<Result>(work: (run: Pick<Database, 'query'>) => Promise<Result>): Promise<Result> {
    await this.query({ text: 'BEGIN' });
    try {
      const result = await work(this);
      await this.query({ text: 'COMMIT' });
      return result;
    } catch (error) {
      // The error that came first is the one to tell; the server rolls back what a lost connection began.
      await this.query({ text: 'ROLLBACK' }).catch(() => {});
      throw error;
    }
  }

  /** The database's clock: the one that events are dated by. */
  async now(): Promise<Date> {
    const [row] = await this.query<{ now: Date }>({ text: 'SELECT clock_timestamp() AS now' });
    return row?.now ?? new Date();
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** Works on one database after the other. */
export async function forEachDatabase<Result>(
  targets: readonly Target[],
  work: (database: Database) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const target of targets) {
    const database = await Database.open(target);
    try {
      results.push(await work(database));
    } finally {
      await database.close();
    }
  }
  return results;
}

/** PostgreSQL's 42P01 (undefined table) and 42703 (undefined column). */
function isOfOldSchema(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '42P01' || error.code === '42703');
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
