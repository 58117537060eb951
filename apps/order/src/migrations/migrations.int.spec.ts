import { seedCatalogue } from '@semel/contracts';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from './index.js';
import { runMigrations } from './run-migrations.js';

/** Everything that PostgreSQL's catalogue tells of Order's own tables. */
const schema = `
  SELECT table_name || '.' || column_name || ' ' || format_type(atttypid, atttypmod)
           || CASE WHEN collation_name IS NULL THEN '' ELSE ' COLLATE ' || collation_name END
           || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
           || coalesce(' DEFAULT ' || column_default, '') AS line
  FROM information_schema.columns
  JOIN pg_attribute ON attrelid = to_regclass(table_name) AND attname = column_name
  WHERE table_schema = 'public' AND table_name = ANY ($1)
  UNION ALL
  SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
  WHERE conrelid::regclass::text = ANY ($1) AND contype <> 'n'
  UNION ALL
  SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY ($1)`;

/** Those that came after there were orders, and index them. */
const indexing = ['IndexPlacedOrders1764000000101', 'LeavePlacedOrdersOut1764000000102'];

describe('migrating', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const rows = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client(database.url);
    await client.connect();
    const result = await client.query<Row>(text, values);
    await client.end();
    return result.rows;
  };

  it('makes of an empty database what the statements of the service expect', async () => {
    await runMigrations(database.url);
    const lines = await rows<{ line: string }>(schema, [['product', 'orders', 'order_line']]);
    expect(lines.map(({ line }) => line).sort()).toMatchInlineSnapshot(`
[
  "CREATE INDEX orders_newest ON public.orders USING btree (customer_id, placed_at DESC, id DESC)",
  "CREATE INDEX orders_newest_of_status ON public.orders USING btree (customer_id, status, placed_at DESC, id DESC) WHERE (status <> 'placed'::text)",
  "CREATE INDEX orders_unanswered ON public.orders USING btree (placed_at) WHERE (status = 'placed'::text)",
  "CREATE UNIQUE INDEX order_line_pkey ON public.order_line USING btree (order_id, "position")",
  "CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)",
  "CREATE UNIQUE INDEX product_pkey ON public.product USING btree (sku)",
  "order_line.order_id uuid NOT NULL",
  "order_line.position smallint NOT NULL",
  "order_line.quantity integer NOT NULL",
  "order_line.sku text COLLATE C NOT NULL",
  "order_line.unit_price bigint NOT NULL",
  "order_line: CHECK (((quantity >= 1) AND (quantity <= 1000)))",
  "order_line: CHECK ((unit_price >= 0))",
  "order_line: FOREIGN KEY (order_id) REFERENCES orders(id)",
  "order_line: PRIMARY KEY (order_id, "position")",
  "orders.currency text COLLATE C NOT NULL",
  "orders.customer_id text COLLATE C NOT NULL",
  "orders.id uuid NOT NULL",
  "orders.note_json text",
  "orders.placed_at timestamp with time zone NOT NULL",
  "orders.rejection_code text COLLATE C",
  "orders.rejection_sku text COLLATE C",
  "orders.status text COLLATE C NOT NULL",
  "orders.total bigint NOT NULL",
  "orders.updated_at timestamp with time zone NOT NULL",
  "orders.version integer NOT NULL",
  "orders: CHECK (((rejection_code IS NULL) = (rejection_sku IS NULL)))",
  "orders: CHECK (((status = 'rejected'::text) = (rejection_code IS NOT NULL)))",
  "orders: CHECK ((status = ANY (ARRAY['placed'::text, 'confirmed'::text, 'rejected'::text, 'cancelled'::text])))",
  "orders: CHECK ((total >= 0))",
  "orders: CHECK ((version > 0))",
  "orders: PRIMARY KEY (id)",
  "product.currency text COLLATE C NOT NULL",
  "product.name text NOT NULL",
  "product.sku text COLLATE C NOT NULL",
  "product.unit_price bigint NOT NULL",
  "product: CHECK (((unit_price >= 0) AND (unit_price <= '90000000000'::bigint)))",
  "product: CHECK ((currency = 'EUR'::text))",
  "product: CHECK ((sku ~ '^[A-Za-z0-9._-]{1,64}$'::text))",
  "product: PRIMARY KEY (sku)",
]
`);
  });

  it('indexes the orders that a table has: unanswered ones, and those of other statuses', async () => {
    const dataSource = new DataSource({
      type: 'postgres',
      url: database.url,
      migrations: migrations.filter(({ name }) => !indexing.includes(name)),
    });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.query(
      `INSERT INTO orders (id, customer_id, status, version, total, currency, placed_at, updated_at)
       SELECT gen_random_uuid(), 'alice', status, 1, 1, 'EUR', statement_timestamp(), statement_timestamp()
       FROM unnest(ARRAY['placed', 'confirmed', 'placed']) AS old (status)`,
    );
    await dataSource.destroy();
    expect((await runMigrations(database.url)).executed).toEqual(indexing);
    const indexed = await rows<{ relname: string; entries: number }>(
      `SELECT relname, reltuples::int AS entries FROM pg_class
       WHERE relname IN ('orders_unanswered', 'orders_newest_of_status') ORDER BY relname`,
    );
    expect(indexed).toEqual([
      { relname: 'orders_newest_of_status', entries: 1 },
      { relname: 'orders_unanswered', entries: 2 },
    ]);
  });

  it('brings the tables of the contract along, each where nobody names a schema', async () => {
    await runMigrations(database.url);
    await rows('SELECT scope, key, status, fingerprint, created_at, expires_at FROM idempotency_key');
    await rows('SELECT id, published_at FROM outbox');
  });

  it('runs once, however many instances start together', async () => {
    const reports = await Promise.all([1, 2, 3].map(() => runMigrations(database.url, { seed: true })));
    expect(reports.map(({ executed }) => executed.length).sort()).toEqual([0, 0, migrations.length]);
    expect(reports.map(({ seeded }) => seeded).sort()).toEqual([0, 0, seedCatalogue.length]);
  });

  it('seeds only what is missing: a price that was changed stays', async () => {
    await runMigrations(database.url, { seed: true });
    await rows(`UPDATE product SET unit_price = 1 WHERE sku = 'TEA-SENCHA-100'`);
    await rows(`DELETE FROM product WHERE sku = 'TEA-ASSAM-100'`);
    expect(await runMigrations(database.url, { seed: true })).toEqual({ executed: [], seeded: 1 });
    const kept = await rows(`SELECT unit_price FROM product WHERE sku = 'TEA-SENCHA-100'`);
    expect(kept).toEqual([{ unit_price: '1' }]);
  });

  it('puts nothing on sale unless it is asked to', async () => {
    expect(await runMigrations(database.url)).not.toHaveProperty('seeded');
    expect(await rows('SELECT FROM product')).toEqual([]);
  });

  it('lets go of its turn when a migration fails, and leaves nothing of it', async () => {
    await rows('CREATE TABLE orders (of_somebody text)');
    await expect(runMigrations(database.url)).rejects.toThrow('already exists');
    expect(
      await rows(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (
                         SELECT oid FROM pg_database WHERE datname = current_database())`),
    ).toEqual([]);
    expect(await rows(`SELECT FROM pg_tables WHERE tablename = 'product'`)).toEqual([]);
  });
});
