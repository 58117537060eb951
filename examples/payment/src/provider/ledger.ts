import pg from 'pg';

export interface Charge {
  readonly id: string;
  readonly reference: string;
  readonly amount: number;
}

export interface Asked {
  readonly key: string;
  readonly reference: string;
  readonly amount: number;
}

/** The provider's own book: one charge a key, whatever happens to this process. */
export class Ledger {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 5 });
    // A connection that the server ended while idle; the next query takes another.
    this.pool.on('error', (error) => process.stderr.write(`provider: ${error.message}\n`));
  }

  async create(): Promise<void> {
    await this.pool.query(`
      CREATE TABLE IF NOT EXISTS charge (
        key text PRIMARY KEY, id text NOT NULL, reference text NOT NULL, amount integer NOT NULL
      );
      CREATE TABLE IF NOT EXISTS request (key text NOT NULL, reference text NOT NULL)`);
  }

  /** Every call is noted, so that it can be seen how often was asked for what was charged once. */
  async note({ key, reference }: Asked): Promise<void> {
    await this.pool.query('INSERT INTO request (key, reference) VALUES ($1, $2)', [key, reference]);
  }

  /** @returns the key's first charge, or `undefined` where that was for something else */
  async charge({ key, reference, amount }: Asked): Promise<Charge | undefined> {
    await this.pool.query(
      `INSERT INTO charge (key, id, reference, amount) VALUES ($1, 'ch_' || gen_random_uuid(), $2, $3)
       ON CONFLICT (key) DO NOTHING`,
      [key, reference, amount],
    );
    const { rows } = await this.pool.query<Charge>(
      'SELECT id, reference, amount FROM charge WHERE key = $1',
      [key],
    );
    const [charge] = rows;
    return charge?.reference === reference && charge.amount === amount ? charge : undefined;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
