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

/** The pool of a TypeORM DataSource, past the override that lets repositories join. */
export class TypeOrmConnections implements ConnectionSource {
  private readonly createQueryRunner: DataSource['createQueryRunner'];

  constructor(dataSource: DataSource) {
    this.createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
  }

  async connect(): Promise<TypeOrmConnection> {
    return TypeOrmConnection.open(this.createQueryRunner());
  }
}
