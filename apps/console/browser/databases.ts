import pg from 'pg';

/** Both services' databases, asked directly: what the page says must be what is there. */
export class Databases {
  private readonly order = clientOf('ORDER_DATABASE_URL');
  private readonly inventory = clientOf('INVENTORY_DATABASE_URL');

  async connect(): Promise<void> {
    await Promise.all([this.order.connect(), this.inventory.connect()]);
  }

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
}

function clientOf(name: string): pg.Client {
  return new pg.Client({ connectionString: process.env[name] });
}

async function count(client: pg.Client, text: string, values: string[] = []): Promise<number> {
  const { rows } = await client.query(text, values);
  return Number(rows[0]?.count);
}
