import type { Statement } from '@semel/idempotency';
import pg from 'pg';

export interface Database {
  query<Row extends object>(statement: Statement<Row>): Promise<Row[]>;
}

/**
 * The relay's statements know which index they want. Statistics lag behind a table that fills and empties in seconds:
 * with 50,000 rows waiting the planner gathered and sorted all of them for each page of 1,000 [180 ms instead of 22].
 */
const planner = '-c enable_bitmapscan=off -c enable_seqscan=off -c jit=off';

/**
 * The relay's own few connections. Not the service's pool: while that one is used up by requests the outbox would stand
 * still just when it fills fastest, and a long page would keep a request waiting. Three, because a page is read while
 * another is marked and the leases are renewed beside both. Every statement is a transaction of its own: the relay
 * never holds one open, least of all while it sends.
 */
export class RelayDatabase implements Database {
  readonly #pool: pg.Pool;

  constructor(config: pg.PoolConfig, onError: (error: Error) => void) {
    this.#pool = new pg.Pool({
      connectionTimeoutMillis: 5_000,
      statement_timeout: 10_000,
      lock_timeout: 5_000,
      // The client's own limit: a server that has become unreachable never answers with a statement_timeout.
      query_timeout: 12_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      application_name: 'outbox-relay',
      ...config,
      options: [config.options, planner].filter(Boolean).join(' '),
      max: 3,
      min: 0,
    });
    // A connection lost while idle is replaced by the next query; without a listener it would end the process.
    this.#pool.on('error', onError);
  }

  async query<Row extends object>(statement: Statement<Row>): Promise<Row[]> {
    const { name, text, values = [] } = statement;
    const { rows } = await this.#pool.query<Row>({ text, values: [...values], ...(name && { name }) });
    return rows;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
