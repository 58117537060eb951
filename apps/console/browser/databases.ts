import pg from 'pg';

/** Both services' databases, asked directly: what the page says must be what is there. */
export class Databases {
  private readonly order = poolOf('ORDER_DATABASE_URL');
  private readonly inventory = poolOf('INVENTORY_DATABASE_URL');

  async end(): Promise<void> {
    await Promise.all([this.order.end(), this.inventory.end()]);
  }

  async orders(): Promise<number> {
    return count(this.order, 'SELECT count(*) FROM orders');
  }

  async statusOf(orderId: string): Promise<string | undefined> {
    const { rows } = await this.order.query('SELECT status FROM orders WHERE id = $1', [orderId]);
    return rows[0]?.status;
  }

  /** How often stock was taken for an order: once a line, whatever was sent. */
  async reservingMovements(orderId: string): Promise<number> {
    const text = "SELECT count(*) FROM stock_movement WHERE order_id = $1 AND kind = 'reservation'";
    return count(this.inventory, text, [orderId]);
  }

  /** The ledger's equations, in the page's words, counted here. */
  async equations(): Promise<string[]> {
    const n = new Intl.NumberFormat('en');
    const answered = "method = 'POST' AND path = '/orders' AND response_status = 201";
    const keys = await count(this.order, `SELECT count(*) FROM idempotency_key WHERE ${answered}`);
    const orders = await this.orders();
    const stormy = await count(this.order, "SELECT count(*) FROM orders WHERE customer_id LIKE 'storm-%'");
    const status = (name: string) =>
      count(this.inventory, 'SELECT count(*) FROM reservation WHERE status = $1', [name]);
    const [reserved, rejected, released] = await Promise.all(
      ['reserved', 'rejected', 'released'].map(status),
    );
    const open = orders - (reserved ?? 0) - (rejected ?? 0) - (released ?? 0);
    const { rows } = await this.inventory.query<{ available: string; reserved: string; initial: string }>(`
      SELECT sum(available) AS available, sum(reserved) AS reserved,
             (SELECT sum(delta_available) FROM stock_movement WHERE order_id IS NULL) AS initial
      FROM stock`);
    const stock = rows[0];
    const f = (value: number | string | undefined) => n.format(Number(value));
    return [
      `${f(keys)} keys answered = ${f(orders)} orders`,
      `${f(stormy)} clients answered = ${f(stormy)} orders`,
      `${f(orders)} orders = ${f(reserved)} reserved + ${f(rejected)} rejected + ${f(released)} cancelled + ${f(open)} open`,
      `${f(stock?.initial)} at first = ${f(stock?.available)} available + ${f(stock?.reserved)} reserved`,
    ];
  }

  /** Orders whose stock was moved twice, or that have two keys: none, whatever happened. */
  async doubled(): Promise<number> {
    const moved = await count(
      this.inventory,
      `SELECT count(*) FROM (SELECT FROM stock_movement WHERE order_id IS NOT NULL
       GROUP BY order_id, sku, kind HAVING count(*) > 1) AS twice`,
    );
    const named = await count(
      this.order,
      `SELECT count(*) FROM (SELECT FROM idempotency_key WHERE response_status = 201 AND path = '/orders'
       GROUP BY response_headers HAVING count(*) > 1) AS twice`,
    );
    return moved + named;
  }

  /** Stock from nowhere, as a defect would make it. */
  async misplaceStock(sku: string, units: number): Promise<void> {
    await this.inventory.query('UPDATE stock SET available = available + $2 WHERE sku = $1', [sku, units]);
  }

  /** The traces of an order: its outbox row, and the inbox row that stopped every copy of its event. */
  async tracesOf(orderId: string): Promise<{ readonly outbox: string[]; readonly inbox: number }> {
    const { rows } = await this.order.query<{ id: string }>('SELECT id FROM outbox WHERE key = $1', [
      orderId,
    ]);
    const inbox = await count(this.inventory, 'SELECT count(*) FROM idempotency_key WHERE key = $1', [
      orderId,
    ]);
    return { outbox: rows.map(({ id }) => id), inbox };
  }

  async parkedStates(): Promise<string[]> {
    const { rows } = await this.inventory.query<{ state: string }>(
      'SELECT state FROM parking_entry ORDER BY position',
    );
    return rows.map(({ state }) => state);
  }
}

/** The page cuts the connections of the services' role, which is this one's as well: one that is idle may be gone. */
function poolOf(name: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: process.env[name], max: 1, idleTimeoutMillis: 50 });
  pool.on('error', () => undefined);
  return pool;
}

async function count(pool: pg.Pool, text: string, values: string[] = []): Promise<number> {
  const { rows } = await pool.query(text, values);
  return Number(rows[0]?.count);
}
