import type { Statement } from '@semel/idempotency';
import type { DataSource } from 'typeorm';

/** Runs one statement in a transaction of its own. */
export type RunStatement = <Row extends object>(statement: Statement<Row>) => Promise<Row[]>;

export function statementsOn(dataSource: Pick<DataSource, 'query'>): RunStatement {
  return <Row extends object>({ text, values = [] }: Statement<Row>) =>
    dataSource.query<Row[]>(text, [...values]);
}
