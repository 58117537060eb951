import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Connection, ConnectionSource, StatementResult } from '../connection.js';
import { queryConfig } from '../query-config.js';
import type { Statement } from '../statement.js';
import { keepListening } from './keep-listening.js';

/** A client of a node-postgres pool. */
export class PgConnection implements Connection {
  private released = false;

  constructor(
    readonly pool: Pool,
    readonly client: PoolClient,
  ) {
    client.on('error', ignore);
  }

  get pipelined(): boolean {
    const client: { readonly pipeline?: boolean } = this.client;
    return client.pipeline === true;
  }

  async run<Row extends object>(statement: Statement<Row>): Promise<StatementResult<Row>> {
    const result: QueryResult<Row & Record<string, unknown>> = await this.client.query(
      queryConfig(statement),
    );
    return { rows: result.rows, command: result.command };
  }

  release(error?: Error): void {
    if (this.released) return;
    this.released = true;
    this.client.release(error);
    this.client.removeListener('error', ignore);
  }
}

/**
 * A pool of node-postgres as the engine uses it. Make the pool with `engineConnectionOptions()`, and let your handlers
 * write through `ambientPool(pool)`, by themselves or beneath Kysely or Drizzle.
 */
export class PgConnections implements ConnectionSource {
  constructor(private readonly pool: Pool) {
    // The pool replaces an idle connection that was lost; without a listener its error would end the process.
    if (pool.listenerCount('error') === 0) pool.on('error', ignore);
    keepListening(pool);
  }

  async connect(): Promise<PgConnection> {
    return new PgConnection(this.pool, await this.pool.connect());
  }
}

/** The connection is gone: whoever uses it next hears of it from his statement. */
function ignore(): void {}
