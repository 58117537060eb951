import { IdempotencyOptionsError } from '../errors.js';

/** How long an operation is its owner's; all in seconds, fractions allowed. */
export interface LeaseTimes {
  /** After this long without a heartbeat another process may take the operation over. 1 to 3,600; default 30. */
  readonly lease: number;
  /** How often the lease is extended while the handler runs: at most half of it. Default: a third of it. */
  readonly heartbeat: number;
  /** A handler that runs for longer loses its lease: no key is held for ever. From the lease to 86,400; default 600. */
  readonly deadline: number;
}

/** @throws IdempotencyOptionsError */
export function leaseTimes(given: Partial<LeaseTimes> = {}): LeaseTimes {
  const lease = given.lease ?? 30;
  checkSeconds('leased.lease', lease, 1, 3_600);
  const heartbeat = given.heartbeat ?? lease / 3;
  checkSeconds('leased.heartbeat', heartbeat, 0.1, lease / 2);
  const deadline = given.deadline ?? Math.max(600, lease);
  checkSeconds('leased.deadline', deadline, lease, 86_400);
  return { lease, heartbeat, deadline };
}

function checkSeconds(option: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw new IdempotencyOptionsError(option, value, `give a number of seconds from ${least} to ${most}.`);
}
