/** What a command answers: for people in columns, for programs as JSON. */
export interface Printed {
  readonly json?: boolean;
}

type Cell = string | number | boolean | Date | null | undefined;

/** Prints rows: one line each below a head, or a JSON array. `columns` are what people see of them, in order. */
export function printRows<Row extends object>(
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row) => Cell>>,
  { json }: Printed,
): void {
  if (json) {
    printJson(rows);
    return;
  }
  const head = Object.keys(columns);
  const lines = [head, ...rows.map((row) => Object.values(columns).map((cell) => textOf(cell(row))))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    const padded = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    process.stdout.write(`${padded.join('  ').trimEnd()}\n`);
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  const text = cell instanceof Date ? cell.toISOString() : String(cell);
  // What came from outside must not steer the terminal.
  return text.replaceAll(/\p{Cc}/gu, '\u{fffd}');
}
