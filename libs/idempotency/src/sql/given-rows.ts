/** Rows that a statement is given, as a table of its FROM clause. */
export interface GivenRows {
  readonly table: string;
  readonly values: readonly unknown[];
  /** Ends the statement's name: its text is another one for a single row. */
  readonly suffix: string;
}

/**
 * Many rows come as arrays, whose length no plan knows. PostgreSQL then guesses ten, finds a plan for one row cheaper and
 * makes it anew at every call: looking up a single key cost 170 us, 130 of them planning. A single row is therefore told
 * as such, and its plan kept.
 *
 * @param columns the type of each, and its values, one a row
 */
export function givenRows(
  columns: readonly (readonly [type: string, values: readonly unknown[]])[],
): GivenRows {
  const isOne = columns[0]?.[1].length === 1;
  const parameters = columns.map(([type], index) => `$${index + 1}::${type}${isOne ? '' : '[]'}`).join(', ');
  return {
    table: isOne ? `(VALUES (${parameters}))` : `unnest(${parameters})`,
    values: columns.map(([, values]) => (isOne ? values[0] : values)),
    suffix: isOne ? '-one' : '',
  };
}
