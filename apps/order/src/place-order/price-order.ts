import { Problem } from '@semel/service';
import type { NewOrder, PricedLine, PricedOrder } from './new-order.js';
import type { PriceRow } from './sql/read-prices.js';

/**
 * Puts the catalogue's prices on an order.
 * @returns Problem `unknown-product` with the first SKU that the catalogue lacks: an answer of the operation
 */
export function priceOrder(order: NewOrder, prices: ReadonlyMap<string, PriceRow>): PricedOrder | Problem {
  const lines: PricedLine[] = [];
  let currency = '';
  for (const { sku, quantity } of order.lines) {
    const price = prices.get(sku);
    if (price === undefined) {
      return new Problem('unknown-product', `The catalogue has no product ${sku}.`, { members: { sku } });
    }
    lines.push({ sku, quantity, unitPrice: Number(price.unit_price) });
    currency = price.currency;
  }
  const total = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  return { ...order, lines, total, currency };
}
