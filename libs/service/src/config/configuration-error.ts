/** The environment does not describe a service that can run. The message lists every wrong variable with its cure. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration';
}
