import type { Chamber } from '../chamber/chamber.js';
import type { Publisher } from '../chamber/services.js';
import type {
  CallRow,
  ChargeRow,
  Evidence,
  KeyRow,
  LeasedKeyRow,
  MovementRow,
  OrderRow,
  OutboxRow,
  PaymentRow,
  PublisherRows,
  RegisterRow,
  ReservationRow,
  StepRow,
  StockRow,
} from './evidence.js';

async function readPublisher(chamber: Chamber, service: Publisher): Promise<PublisherRows> {
  const keys = await chamber.query<KeyRow>(
    service,
    `SELECT scope, key, status, path, response_status AS "responseStatus",
            convert_from(response_body, 'UTF8') AS "responseBody"
     FROM idempotency_key`,
  );
  const outbox = await chamber.query<OutboxRow>(
    service,
    `SELECT id::float8 AS id, topic, key, headers->>'ce_type' AS type, headers->>'ce_id' AS "eventId",
            convert_from(payload, 'UTF8') AS payload, published_at IS NOT NULL AS published,
            set_aside_at IS NOT NULL AS "setAside"
     FROM outbox`,
  );
  const register = await chamber.query<RegisterRow>(
    service,
    `SELECT topic, at_partition AS partition, at_offset::float8 AS offset, reason, state FROM parking_entry`,
  );
  return { keys, outbox, register };
}

export async function readOrder(chamber: Chamber): Promise<Evidence['order']> {
  const orders = await chamber.query<OrderRow>(
    'order',
    `SELECT o.id::text AS id, o.customer_id AS "customerId", o.status, o.rejection_code AS "rejectionCode",
            o.rejection_sku AS "rejectionSku", o.note_json::json #>> '{}' AS note,
            (SELECT coalesce(json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity) ORDER BY l.position), '[]')
             FROM order_line AS l WHERE l.order_id = o.id) AS lines
     FROM orders AS o`,
  );
  return { orders, ...(await readPublisher(chamber, 'order')) };
}

export async function readInventory(chamber: Chamber): Promise<Evidence['inventory']> {
  const stock = await chamber.query<StockRow>(
    'inventory',
    'SELECT sku, available::float8 AS available, reserved::float8 AS reserved FROM stock',
  );
  const movements = await chamber.query<MovementRow>(
    'inventory',
    `SELECT sku, kind, delta_available::float8 AS available, delta_reserved::float8 AS reserved, reason #>> '{}' AS reason,
            actor, order_id AS "orderId"
     FROM stock_movement`,
  );
  const reservations = await chamber.query<ReservationRow>(
    'inventory',
    `SELECT r.order_id AS "orderId", r.customer_id AS "customerId", r.status, r.rejection_code AS "rejectionCode",
            r.rejection_sku AS "rejectionSku",
            (SELECT coalesce(json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity) ORDER BY l.position), '[]')
             FROM reservation_line AS l WHERE l.order_id = r.order_id) AS lines
     FROM reservation AS r`,
  );
  return { stock, movements, reservations, ...(await readPublisher(chamber, 'inventory')) };
}

export async function readPayment(chamber: Chamber): Promise<Evidence['payment']> {
  const payments = await chamber.query<PaymentRow>(
    'payment',
    'SELECT id::text AS id, reference, amount, charge_id AS "chargeId" FROM payment',
  );
  const keys = await chamber.query<LeasedKeyRow>(
    'payment',
    `SELECT scope, key, status, path, response_status AS "responseStatus",
            convert_from(response_body, 'UTF8') AS "responseBody", operation_id::float8 AS "operationId",
            fence::float8 AS fence, coalesce(leased_until > clock_timestamp(), false) AS leased
     FROM idempotency_key`,
  );
  const steps = await chamber.query<StepRow>(
    'payment',
    'SELECT operation_id::float8 AS "operationId", fence::float8 AS fence, name FROM idempotency_step',
  );
  const charges = await chamber.query<ChargeRow>('provider', 'SELECT key, id, reference, amount FROM charge');
  const calls = await chamber.query<CallRow>('provider', 'SELECT DISTINCT key, reference FROM request');
  return { payments, keys, steps, charges, calls };
}
