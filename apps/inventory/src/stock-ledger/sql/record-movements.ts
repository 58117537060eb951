import type { Statement } from '@semel/idempotency';
import type { Movement } from '../movement.js';

/** Writes the movements in the order given. The rows of their SKUs have to be locked before. */
export function recordMovements(movements: readonly Movement[]): Statement {
  return {
    name: 'inventory-record-movements',
    text: `
      INSERT INTO stock_movement (sku, kind, delta_available, delta_reserved, reason, order_id, actor)
      SELECT sku, kind, available, reserved, reason::json, order_id, actor
      FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
        WITH ORDINALITY AS movement (sku, kind, available, reserved, reason, order_id, actor, position)
      ORDER BY movement.position`,
    values: [
      movements.map(({ sku }) => sku),
      movements.map(({ kind }) => kind),
      movements.map(({ available }) => available),
      movements.map(({ reserved }) => reserved),
      movements.map(({ reason }) => (reason === undefined ? null : JSON.stringify(reason))),
      movements.map(({ orderId }) => orderId ?? null),
      movements.map(({ actor }) => actor ?? null),
    ],
  };
}
