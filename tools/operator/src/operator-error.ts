/** What the operator can do something about: printed as the one sentence that it is. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code = 'operator';
}
