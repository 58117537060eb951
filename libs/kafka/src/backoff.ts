export interface Backoff {
  /** Milliseconds before the first retry. */
  readonly initialMs: number;
  /** Upper bound of the wait in milliseconds. */
  readonly maxMs: number;
}

/**
 * Exponential back-off with half jitter: the n-th wait (from 0) lies between a half and the whole of
 * `initialMs * 2^n`, capped at `maxMs`, so that instances that failed together do not come back together.
 */
export function waitBeforeRetry({ initialMs, maxMs }: Backoff, attempt: number): number {
  // 2^30 ms are twelve days: beyond it the cap decides, and the power can't overflow.
  const whole = Math.min(initialMs * 2 ** Math.min(attempt, 30), maxMs);
  return Math.round(whole / 2 + (Math.random() * whole) / 2);
}
