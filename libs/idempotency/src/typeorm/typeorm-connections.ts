import type { ClientBase, QueryResult } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Connection, ConnectionSource, StatementResult } from '../connection.js';
import type { Statement } from '../statement.js';

/** A connection of a TypeORM DataSource's pool, with the query runner through which repositories join. */
export class TypeOrmConnection implements Connection {
  private released = false;

  private constructor(
    readonly runner: QueryRunner,
    private readonly client: ClientBase,
    readonly pipelined: boolean,
  ) {}

  static async open(runner: QueryRunner): Promise<TypeOrmConnection> {
    const client: ClientBase & { readonly pipeline?: boolean } = await runner.connect();
    // The engine says BEGIN and COMMIT itself; told so, TypeORM makes savepoints of its own transactions.
    Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
    return new TypeOrmConnection(runner, client, client.pipeline === true);
  }

  async run<Row extends object>(statement: Statement<Row>): Promise<StatementResult<Row>> {
    const result: QueryResult<Row & Record<string, unknown>> = await this.client.query({
      text: statement.text,
      values: [...(statement.values ?? [])],
      ...(statement.name !== undefined && { name: statement.name }),
    });
    return { rows: result.rows, command: result.command };
  }

  release(error?: Error): void {
    if (this.released) return;
    this.released = true;
    // TypeORM hands an error on to the pool, which then destroys the connection.
    const runner: QueryRunner & { releasePostgresConnection?(error?: Error): Promise<void> } = this.runner;
    if (error && runner.releasePostgresConnection) void runner.releasePostgresConnection(error);
    else void runner.release();
  }
}

const originals = new WeakMap<DataSource, DataSource['createQueryRunner']>();

/** The DataSource's own way to make a query runner, past the override that lets repositories join. */
export function originalCreateQueryRunner(dataSource: DataSource): DataSource['createQueryRunner'] {
  const known = originals.get(dataSource);
  if (known) return known;
  const original = dataSource.createQueryRunner.bind(dataSource);
  originals.set(dataSource, original);
  return original;
}

/** The pool of a TypeORM DataSource as the engine uses it. */
export class TypeOrmConnections implements ConnectionSource {
  private readonly createQueryRunner: DataSource['createQueryRunner'];

  constructor(dataSource: DataSource) {
    this.createQueryRunner = originalCreateQueryRunner(dataSource);
  }

  async connect(): Promise<TypeOrmConnection> {
    return TypeOrmConnection.open(this.createQueryRunner());
  }
}
