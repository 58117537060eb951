/** Limits of what clients may send (contract section 2). Lengths of text are in Unicode code points, as JSON Schema counts them. */
export const limits = {
  linesPerOrder: 100,
  quantityPerLine: 1_000,
  noteCharacters: 2_000,
  reasonCharacters: 2_000,
  available: 1_000_000_000,
  subjectCharacters: 255,
  idempotencyKeyCharacters: 255,
  pageSize: 100,
  defaultPageSize: 20,
  bodyBytes: 1_048_576,
} as const;
