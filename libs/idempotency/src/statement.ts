/**
 * One SQL statement with its parameters. A `name` makes PostgreSQL keep the plan for the connection's life.
 *
 * @typeParam Row the shape of the rows that it answers
 */
export interface Statement<Row extends object = object> {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Never called: it ties the type of the rows to the statement. */
  rowType?(row: Row): void;
}
