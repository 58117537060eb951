import type { Exactness } from '../report/report.js';
import type { Database } from '../stage/stage.js';

/** What Order's tables hold. Only rows of the driver's keys count as keys. */
async function countOrders(
  { pool }: Database,
  keyPrefix: string,
): Promise<{ orders: number; lines: number; events: number; keys: number }> {
  const { rows } = await pool.query(
    `SELECT (SELECT count(*)::int FROM orders) AS orders,
            (SELECT count(*)::int FROM order_line) AS lines,
            (SELECT count(DISTINCT key)::int FROM outbox) AS events,
            (SELECT count(*)::int FROM idempotency_key WHERE starts_with(key, $1)) AS keys`,
    [keyPrefix],
  );
  return rows[0];
}

/** Every key that was acknowledged is one order with its two lines and one event, and nothing else was written. */
export async function exactOrders(
  subject: string,
  database: Database,
  keyPrefix: string,
  acknowledged: number,
  hasKeys: boolean,
): Promise<Exactness> {
  const counts = await countOrders(database, keyPrefix);
  const { orders, lines, events, keys } = counts;
  return {
    subject,
    counts: { acknowledged, ...counts },
    exact:
      orders === acknowledged &&
      lines === 2 * acknowledged &&
      events === acknowledged &&
      (!hasKeys || keys === acknowledged),
  };
}
