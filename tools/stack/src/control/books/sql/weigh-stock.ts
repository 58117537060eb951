import type { Statement } from '../../database.js';

export interface StockWeighed {
  /** Units that operators and the seed have put in, less what they took out: what there was at first. */
  readonly initial: string;
  readonly available: string;
  readonly reserved: string;
  /** Units of all lines whose reservation holds. */
  readonly held: string;
  readonly offenders: readonly string[];
}

/** All stock, its movements and the lines that hold it, in one snapshot. */
export function weighStock(limit: number): Statement<StockWeighed> {
  return {
    text: `
      WITH moved AS (
        SELECT sku, sum(delta_available + delta_reserved) FILTER (WHERE order_id IS NULL) AS initial
        FROM stock_movement GROUP BY sku),
      held AS (
        SELECT sku, sum(quantity) AS held FROM reservation_line JOIN reservation USING (order_id)
        WHERE status = 'reserved' GROUP BY sku),
      row AS (
        SELECT sku, coalesce(initial, 0) AS initial, coalesce(available, 0) AS available,
               coalesce(reserved, 0) AS reserved, coalesce(held, 0) AS held
        FROM stock FULL JOIN moved USING (sku) FULL JOIN held USING (sku))
      SELECT coalesce(sum(initial), 0)::text AS initial, coalesce(sum(available), 0)::text AS available,
             coalesce(sum(reserved), 0)::text AS reserved, coalesce(sum(held), 0)::text AS held,
             coalesce((
               SELECT json_agg(line) FROM (
                 SELECT sku || ' had ' || initial || ', has ' || available || ' available and ' || reserved ||
                        ' reserved; ' || held || ' are held by orders' AS line
                 FROM row WHERE initial <> available + reserved OR reserved <> held ORDER BY sku LIMIT $1) AS lines
             ), '[]') AS offenders
      FROM row`,
    values: [limit],
  };
}
