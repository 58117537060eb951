/** Something that has to be read can't be: there is no verdict, and the sentence says what to do. */
export class CannotTellError extends Error {
  override readonly name = 'CannotTellError';
  readonly code = 'cannot-tell';
}

/** One sentence of whatever was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(sentenceOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
