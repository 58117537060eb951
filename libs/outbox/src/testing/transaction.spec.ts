import { runInTransaction, type Transaction } from '@semel/idempotency';
import type pg from 'pg';

/** An operation's transaction on a connection of its own, open until the test settles it. */
export class OpenTransaction {
  readonly #hooks: (() => void)[] = [];
  readonly #transaction: Transaction;

  private constructor(readonly client: pg.PoolClient) {
    this.#transaction = {
      query: async <Row extends object>({
        text,
        values = [],
      }: {
        text: string;
        values?: readonly unknown[];
      }) => (await client.query<Row>(text, [...values])).rows,
      afterCommit: (hook) => {
        this.#hooks.push(hook);
      },
    };
  }

  static async begin(pool: pg.Pool): Promise<OpenTransaction> {
    const client = await pool.connect();
    await client.query('BEGIN');
    return new OpenTransaction(client);
  }

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    return runInTransaction(this.#transaction, work);
  }

  async commit(): Promise<void> {
    await this.client.query('COMMIT');
    this.client.release();
    for (const hook of this.#hooks) hook();
  }

  async rollback(): Promise<void> {
    await this.client.query('ROLLBACK');
    this.client.release();
  }
}
