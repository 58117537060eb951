import pg from 'pg';
import { CannotTellError, sentenceOf } from './cannot-tell.js';
import type { Statement } from './sql/statement.js';

/** One connection that only reads, and takes no lock that anybody would wait for. */
export class Database {
  private constructor(
    readonly service: string,
    private readonly client: pg.Client,
  ) {}

  /** @throws CannotTellError */
  static async open(service: string, url: string): Promise<Database> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'semel-reconcile',
      connectionTimeoutMillis: 10_000,
      options: '-c default_transaction_read_only=on',
    });
    // What breaks between two statements is told by the next one.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      throw new CannotTellError(`The database of ${service} can't be reached: ${sentenceOf(error)}.`, {
        cause: error,
      });
    }
    return new Database(service, client);
  }

  /** @throws CannotTellError */
  async query<Row extends object>({ text, values = [] }: Statement<Row>): Promise<Row[]> {
    try {
      return (await this.client.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw new CannotTellError(`The database of ${this.service} can't be read: ${sentenceOf(error)}.`, {
        cause: error,
      });
    }
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
