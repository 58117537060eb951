import type { Statement } from '@semel/idempotency';
import type { StockRow } from './find-stock.js';

/** At most `limit` SKUs behind `after`, in the order of their bytes. */
export function listStock(after: string, limit: number): Statement<StockRow> {
  return {
    text: 'SELECT sku, available, reserved FROM stock WHERE sku > $1 ORDER BY sku LIMIT $2',
    values: [after, limit],
  };
}
