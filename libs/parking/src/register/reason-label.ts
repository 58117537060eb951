import { parkingReasons } from '@semel/kafka';

const known: ReadonlySet<string> = new Set([
  ...Object.values(parkingReasons),
  'idempotency-key-reused',
  'unknown-order',
]);

/** A reason as a label of a metric. Whoever may write to a parking lot writes any reason: what we don't know is one series. */
export function reasonLabel(reason: string): string {
  return known.has(reason) ? reason : 'other';
}
