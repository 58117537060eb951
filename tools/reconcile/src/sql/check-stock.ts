import type { Statement } from './statement.js';

export interface StockFound {
  readonly sku: string;
  readonly available: string | null;
  readonly reserved: string | null;
  readonly movedAvailable: string | null;
  readonly movedReserved: string | null;
  readonly held: string;
}

/** SKUs whose stock is not the sum of their movements, or whose reserved units are not the lines that are held. One statement: one snapshot. */
export function findUnexplainedStock(limit: number): Statement<StockFound> {
  return {
    text: `
      SELECT sku, stock.available::text, stock.reserved::text, moved.available::text AS "movedAvailable",
             moved.reserved::text AS "movedReserved", coalesce(held.quantity, 0)::text AS held
      FROM stock
      FULL JOIN (
        SELECT sku, sum(delta_available) AS available, sum(delta_reserved) AS reserved
        FROM stock_movement GROUP BY sku) AS moved USING (sku)
      FULL JOIN (
        SELECT sku, sum(quantity) AS quantity FROM reservation_line JOIN reservation USING (order_id)
        WHERE status = 'reserved' GROUP BY sku) AS held USING (sku)
      WHERE stock.available IS DISTINCT FROM moved.available
         OR stock.reserved IS DISTINCT FROM moved.reserved
         OR coalesce(stock.reserved, 0) <> coalesce(held.quantity, 0)
      ORDER BY sku LIMIT $1`,
    values: [limit],
  };
}

export interface StockTotals {
  readonly skus: number;
  readonly received: string;
  readonly available: string;
  readonly reserved: string;
}

/** Units over all SKUs; what came in, less what went, is what PUT, adjustments and the seed moved. */
export function sumStock(): Statement<StockTotals> {
  return {
    text: `
      SELECT count(*)::int AS skus, coalesce(sum(available), 0)::text AS available,
             coalesce(sum(reserved), 0)::text AS reserved,
             (SELECT coalesce(sum(delta_available), 0)::text FROM stock_movement WHERE order_id IS NULL) AS received
      FROM stock`,
  };
}

export interface MovesFound {
  readonly id: string;
  readonly sku: string;
  readonly status: string | null;
  readonly quantity: string;
  readonly taken: string;
  readonly takes: number;
  readonly given: string;
  readonly gives: number;
}

/**
 * Lines that were not taken exactly once, or given back although they are held, or not exactly once where they were released; and
 * movements without a line. One statement: one snapshot.
 */
export function findUnexplainedReservations(limit: number): Statement<MovesFound> {
  return {
    text: `
      WITH moved AS (
        SELECT order_id, sku,
               coalesce(sum(delta_reserved) FILTER (WHERE kind = 'reservation'), 0) AS taken,
               count(*) FILTER (WHERE kind = 'reservation') AS takes,
               coalesce(-sum(delta_reserved) FILTER (WHERE kind = 'release'), 0) AS given,
               count(*) FILTER (WHERE kind = 'release') AS gives
        FROM stock_movement WHERE order_id IS NOT NULL GROUP BY order_id, sku),
      line AS (
        SELECT order_id, sku, status, CASE status WHEN 'rejected' THEN 0 ELSE quantity END AS quantity
        FROM reservation_line JOIN reservation USING (order_id))
      SELECT order_id AS id, sku, line.status, coalesce(line.quantity, 0)::text AS quantity,
             coalesce(taken, 0)::text AS taken, coalesce(takes, 0)::int AS takes,
             coalesce(given, 0)::text AS given, coalesce(gives, 0)::int AS gives
      FROM line FULL JOIN moved USING (order_id, sku)
      WHERE coalesce(line.quantity, 0) <> coalesce(taken, 0)
         OR coalesce(takes, 0) > 1 OR coalesce(gives, 0) > 1
         OR coalesce(given, 0) <> CASE line.status WHEN 'released' THEN line.quantity ELSE 0 END
      ORDER BY order_id, sku LIMIT $1`,
    values: [limit],
  };
}
