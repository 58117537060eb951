import { randomUUID } from 'node:crypto';
import type { Order, PlaceOrder } from '@semel/contracts';
import { PURCHASE_PLACED, PURCHASES } from '@semel/contracts';
import { Problem } from '@semel/service';
import { type EntityManager, In } from 'typeorm';
import { OutboxEvent, PlacedOrder, Product } from './order-tables.js';

/**
 * Prices, saves and announces one order as users of TypeORM write it: `find`, `save` with cascade, `save`. Whoever calls
 * it says in which transaction.
 */
export async function saveOrder(
  manager: EntityManager,
  customerId: string,
  { lines, note }: PlaceOrder,
): Promise<Order> {
  const products = await manager.findBy(Product, { sku: In(lines.map(({ sku }) => sku)) });
  const prices = new Map(products.map((product) => [product.sku, product]));
  const priced = lines.map(({ sku, quantity }, index) => {
    const product = prices.get(sku);
    if (product === undefined) throw new Problem('unknown-product', `The catalogue has no product ${sku}.`);
    return { position: index + 1, sku, quantity, unitPrice: Number(product.unitPrice) };
  });
  const now = new Date();
  const currency = 'EUR';
  const saved = await manager.save(
    manager.create(PlacedOrder, {
      customerId,
      status: 'placed',
      version: 1,
      total: priced.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
      currency,
      note: note ?? null,
      placedAt: now,
      updatedAt: now,
      lines: priced,
    }),
  );
  await manager.save(
    manager.create(OutboxEvent, {
      topic: PURCHASES,
      key: saved.id,
      bucket: 0,
      headers: { ce_id: randomUUID(), ce_type: PURCHASE_PLACED, ce_source: 'urn:semel:bench' },
      payload: Buffer.from(
        JSON.stringify({ orderId: saved.id, customerId, lines, placedAt: now.toISOString() }),
      ),
    }),
  );
  return {
    id: saved.id,
    customerId,
    status: 'placed',
    lines: priced.map(({ sku, quantity, unitPrice }) => ({
      sku,
      quantity,
      unitPrice: { amount: unitPrice, currency },
    })),
    total: { amount: saved.total, currency },
    placedAt: now.toISOString(),
  };
}
