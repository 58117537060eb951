import type { Statement } from '@semel/idempotency';

/** The database's clock; as a Date, in whole milliseconds: what JSON tells and what the table keeps are the same instant. */
export function readClock(): Statement<{ readonly now: Date }> {
  return { name: 'order-read-clock', text: 'SELECT statement_timestamp() AS now' };
}
