import type { Statement } from '@semel/idempotency';

/** The database's clock in whole milliseconds: what JSON tells and what the table keeps shall be the same instant. */
export function readClock(): Statement<{ readonly now: Date }> {
  return {
    name: 'order-read-clock',
    text: `SELECT date_trunc('milliseconds', statement_timestamp()) AS now`,
  };
}
