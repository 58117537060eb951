/** Limits of the sessions that the engine works in, in milliseconds. */
export interface SessionLimits {
  /** A transaction whose process hangs is ended after this long, and its keys are free. Default 30 s. */
  readonly idleInTransaction?: number;
  /** Default 20 s. */
  readonly statement?: number;
  /** How long a statement waits for a lock. Default 10 s. */
  readonly lock?: number;
  /** How long to wait for a connection of the pool. Default 5 s. */
  readonly connect?: number;
}

/**
 * For `extra` of a TypeORM DataSource of type `postgres`: bounds everything that PostgreSQL by itself waits for without
 * end, and lets several statements share a round trip.
 */
export function engineConnectionOptions(
  limits: SessionLimits = {},
): Readonly<Record<string, number | boolean>> {
  return {
    pipeline: true,
    keepAlive: true,
    idle_in_transaction_session_timeout: limits.idleInTransaction ?? 30_000,
    statement_timeout: limits.statement ?? 20_000,
    lock_timeout: limits.lock ?? 10_000,
    connectionTimeoutMillis: limits.connect ?? 5_000,
  };
}
