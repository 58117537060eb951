/**
 * TypeORM's own types by their shape: the package's types name no TypeORM, so that whoever has none can compile against
 * them with nothing skipped.
 */
export interface TypeOrmDataSource {
  readonly manager: TypeOrmEntityManager;
  readonly driver: object;
  createQueryRunner(mode?: 'master' | 'slave'): TypeOrmQueryRunner;
  createEntityManager(runner?: TypeOrmQueryRunner): TypeOrmEntityManager;
}

export interface TypeOrmQueryRunner {
  readonly dataSource: object;
  /** A client of the driver beneath. */
  connect(): Promise<unknown>;
  query(statement: string, parameters?: unknown[], structured?: boolean): Promise<unknown>;
  release(): Promise<void>;
}

export interface TypeOrmEntityManager {
  readonly transaction: (...args: never[]) => Promise<unknown>;
}

/** As TypeORM makes and runs it. */
export interface TypeOrmMigration {
  readonly name: string;
  up(runner: Pick<TypeOrmQueryRunner, 'query'>): Promise<void>;
  down(): Promise<void>;
}
