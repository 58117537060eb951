import type { Statement } from './statement.js';

export interface StatementResult<Row> {
  readonly rows: Row[];
  /** The command tag's first word, e.g. `COMMIT` or `ROLLBACK`. */
  readonly command: string;
}

/** One database connection, held by one transaction at a time. All the engine needs of a driver or an ORM. */
export interface Connection {
  run<Row extends object>(statement: Statement<Row>): Promise<StatementResult<Row>>;
  /** Whether statements may be sent without waiting for the answers of earlier ones (one round trip for several). */
  readonly pipelined: boolean;
  /** Gives the connection back. With an error it is destroyed: whatever it did and did not commit is rolled back. */
  release(error?: Error): void;
}

/** Where connections come from. */
export interface ConnectionSource {
  /** @throws whatever the pool throws when none is had in its time */
  connect(): Promise<Connection>;
}

type RowOf<S> = S extends Statement<infer Row> ? Row : never;
export type ResultsOf<S extends readonly Statement[]> = {
  -readonly [I in keyof S]: StatementResult<RowOf<S[I]>>;
};

/**
 * Runs statements in order: in one round trip where the connection can pipeline, one by one elsewhere. The first error
 * is thrown once all have been answered, so that no answer is left in the air.
 */
export async function runAll<const S extends readonly Statement[]>(
  connection: Connection,
  statements: S,
): Promise<ResultsOf<S>> {
  const results: StatementResult<object>[] = [];
  if (connection.pipelined) {
    const settled = await Promise.allSettled(statements.map((statement) => connection.run(statement)));
    for (const result of settled) {
      if (result.status === 'rejected') throw result.reason;
      results.push(result.value);
    }
  } else {
    for (const statement of statements) results.push(await connection.run(statement));
  }
  // One result a statement, in order: what a tuple type can't follow through a loop.
  return results as ResultsOf<S>;
}
