import type { Statement } from '../../database.js';

export interface KeysAndOrders {
  /** Keys that were answered with an order. */
  readonly keys: number;
  /** Orders that there are. */
  readonly orders: number;
  /** Orders whose key is so old that it was forgotten. */
  readonly forgotten: number;
  /** Keys without their order, orders without a key, orders with more than one. */
  readonly offenders: readonly string[];
}

/**
 * Holds the keys that were answered with 201 against the orders, in one snapshot: both were written by one commit. A key lives for a
 * day, so an order without one must be about as old.
 */
export function matchKeys(limit: number): Statement<KeysAndOrders> {
  return {
    text: `
      WITH answered AS (
        SELECT key, substring(response_headers FROM '/orders/([0-9a-f-]{36})')::uuid AS order_id
        FROM idempotency_key
        WHERE status = 'Processed' AND method = 'POST' AND path = '/orders' AND response_status = 201),
      by_order AS (SELECT order_id, count(*) AS keys, min(key) AS key FROM answered GROUP BY order_id),
      matched AS (
        SELECT coalesce(id, order_id) AS id, coalesce(keys, 0) AS keys, key,
               CASE WHEN id IS NULL THEN 'missing'
                    WHEN keys > 1 THEN 'doubled'
                    WHEN keys IS NULL AND placed_at > now() - interval '20 hours' THEN 'keyless'
                    WHEN keys IS NULL THEN 'forgotten'
                    ELSE 'fine' END AS verdict
        FROM orders FULL JOIN by_order ON id = order_id)
      SELECT coalesce(sum(keys), 0)::int AS keys,
             count(*) FILTER (WHERE verdict <> 'missing')::int AS orders,
             count(*) FILTER (WHERE verdict = 'forgotten')::int AS forgotten,
             coalesce((
               SELECT json_agg(line) FROM (
                 SELECT CASE verdict
                          WHEN 'missing' THEN 'Key ' || key || ' was answered with order ' || id || ', which is not there'
                          WHEN 'doubled' THEN 'Order ' || id || ' has ' || keys || ' keys'
                          ELSE 'Order ' || id || ' has no key' END AS line
                 FROM matched WHERE verdict IN ('missing', 'doubled', 'keyless') ORDER BY id LIMIT $1) AS lines
             ), '[]') AS offenders
      FROM matched`,
    values: [limit],
  };
}
