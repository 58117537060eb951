import type { Statement } from '@semel/idempotency';

interface Queryable {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** Runs a statement that answers rows (a SELECT, or an INSERT with RETURNING) outside of operations. */
export async function rowsOf<Row extends object>(
  database: Queryable,
  { text, values = [] }: Statement<Row>,
): Promise<Row[]> {
  // TypeORM leaves the type of rows to the caller; the statement tells it.
  return (await database.query(text, [...values])) as Row[];
}
