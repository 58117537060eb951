/** A statement and its values together; `Row` is what it answers. */
export interface Statement<Row extends object> {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly row?: Row;
}
