import type { Statement } from '@semel/idempotency';
import type { DataSource } from 'typeorm';

/** Runs one statement on a connection of the pool, outside of any operation. */
export async function read<Row extends object>(
  dataSource: DataSource,
  { text, values = [] }: Statement<Row>,
): Promise<Row[]> {
  return dataSource.query<Row[]>(text, [...values]);
}
