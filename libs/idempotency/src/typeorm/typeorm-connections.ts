import type { Writable } from 'node:stream';
import type { ClientBase, Pool, QueryResult } from 'pg';
import type { Connection, ConnectionSource, StatementResult } from '../connection.js';
import { keepListening } from '../pg/keep-listening.js';
import { queryConfig } from '../query-config.js';
import type { Statement } from '../statement.js';
import type { TypeOrmDataSource, TypeOrmQueryRunner } from './shapes.js';

/** What node-postgres's client has besides its declared type. */
interface Client extends ClientBase {
  readonly pipeline?: boolean;
  readonly connection?: { readonly stream?: Writable };
}

/** A connection of a TypeORM DataSource's pool, with the query runner through which repositories join. */
export class TypeOrmConnection implements Connection {
  private released = false;
  private gathering = false;

  private constructor(
    readonly runner: TypeOrmQueryRunner,
    private readonly client: Client,
    readonly pipelined: boolean,
  ) {}

  static async open(runner: TypeOrmQueryRunner): Promise<TypeOrmConnection> {
    const client = await runner.connect();
    if (!isClient(client)) {
      await runner.release();
      throw new TypeError(
        "The DataSource has to be one of type 'postgres': give it, or a source of connections.",
      );
    }
    // The engine says BEGIN and COMMIT itself; told so, TypeORM makes savepoints of its own transactions.
    Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
    return new TypeOrmConnection(runner, client, client.pipeline === true);
  }

  /** Statements that are sent in one go leave in one write: a system call costs as much as parsing a row. */
  private gather(): void {
    const stream = this.pipelined ? this.client.connection?.stream : undefined;
    if (this.gathering || !stream) return;
    this.gathering = true;
    stream.cork();
    process.nextTick(() => {
      this.gathering = false;
      stream.uncork();
    });
  }

  async run<Row extends object>(statement: Statement<Row>): Promise<StatementResult<Row>> {
    this.gather();
    const result: QueryResult<Row & Record<string, unknown>> = await this.client.query(
      queryConfig(statement),
    );
    return { rows: result.rows, command: result.command };
  }

  release(error?: Error): void {
    if (this.released) return;
    this.released = true;
    // TypeORM hands an error on to the pool, which then destroys the connection.
    const runner: TypeOrmQueryRunner & { releasePostgresConnection?(error?: Error): Promise<void> } =
      this.runner;
    if (error && runner.releasePostgresConnection) void runner.releasePostgresConnection(error);
    else void runner.release();
  }
}

const originals = new WeakMap<TypeOrmDataSource, TypeOrmDataSource['createQueryRunner']>();

/** The DataSource's own way to make a query runner, past the override that lets repositories join. */
export function originalCreateQueryRunner(
  dataSource: TypeOrmDataSource,
): TypeOrmDataSource['createQueryRunner'] {
  const known = originals.get(dataSource);
  if (known) return known;
  const original = dataSource.createQueryRunner.bind(dataSource);
  originals.set(dataSource, original);
  return original;
}

/** The pool of a TypeORM DataSource as the engine uses it. */
export class TypeOrmConnections implements ConnectionSource {
  private readonly createQueryRunner: TypeOrmDataSource['createQueryRunner'];

  constructor(private readonly dataSource: TypeOrmDataSource) {
    this.createQueryRunner = originalCreateQueryRunner(dataSource);
  }

  async connect(): Promise<TypeOrmConnection> {
    // The driver makes its pool when the DataSource is initialised.
    const driver: { readonly master?: Pool } = this.dataSource.driver;
    if (driver.master) keepListening(driver.master);
    return TypeOrmConnection.open(this.createQueryRunner());
  }
}

function isClient(value: unknown): value is Client {
  return typeof value === 'object' && value !== null && 'query' in value;
}
