import { InventoryDatabase } from '../testing/inventory-database.spec.js';

/** Everything that PostgreSQL's catalogue tells of Inventory's own tables. */
const catalogue = `
  SELECT table_name || '.' || column_name || ' ' || format_type(atttypid, atttypmod)
           || CASE WHEN collation_name IS NULL THEN '' ELSE ' COLLATE ' || collation_name END
           || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
           || coalesce(' DEFAULT ' || column_default, '')
           || CASE is_identity WHEN 'YES' THEN ' IDENTITY ' || identity_generation ELSE '' END AS line
  FROM information_schema.columns
  JOIN pg_attribute ON attrelid = to_regclass(table_name) AND attname = column_name
  WHERE table_schema = 'public' AND table_name = ANY ($1)
  UNION ALL
  SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
  WHERE conrelid::regclass::text = ANY ($1) AND contype <> 'n'
  UNION ALL
  SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY ($1)
  ORDER BY 1`;

describe('the schema', () => {
  let inventory: InventoryDatabase;
  beforeAll(async () => {
    inventory = await InventoryDatabase.create();
  });
  afterAll(() => inventory.drop());

  it('is what the migrations are meant to make', async () => {
    const own = ['stock', 'stock_movement', 'reservation', 'reservation_line'];
    const rows = await inventory.rows<{ line: string }>(catalogue, [own]);
    expect(rows.map(({ line }) => line)).toMatchInlineSnapshot(`
[
  "CREATE INDEX stock_movement_sku ON public.stock_movement USING btree (sku, id)",
  "CREATE UNIQUE INDEX reservation_line_pkey ON public.reservation_line USING btree (order_id, "position")",
  "CREATE UNIQUE INDEX reservation_pkey ON public.reservation USING btree (order_id)",
  "CREATE UNIQUE INDEX stock_movement_pkey ON public.stock_movement USING btree (id)",
  "CREATE UNIQUE INDEX stock_pkey ON public.stock USING btree (sku)",
  "reservation.created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp()",
  "reservation.customer_id text COLLATE C",
  "reservation.order_id text COLLATE C NOT NULL",
  "reservation.rejection_code text",
  "reservation.rejection_sku text COLLATE C",
  "reservation.status text NOT NULL",
  "reservation.updated_at timestamp with time zone NOT NULL DEFAULT statement_timestamp()",
  "reservation: CHECK (((customer_id IS NOT NULL) OR (status = 'released'::text)))",
  "reservation: CHECK (((rejection_code IS NULL) = (rejection_sku IS NULL)))",
  "reservation: CHECK (((status = 'rejected'::text) = (rejection_code IS NOT NULL)))",
  "reservation: CHECK ((rejection_code = ANY (ARRAY['insufficient-stock'::text, 'unknown-sku'::text])))",
  "reservation: CHECK ((status = ANY (ARRAY['reserved'::text, 'rejected'::text, 'released'::text])))",
  "reservation: PRIMARY KEY (order_id)",
  "reservation_line.order_id text COLLATE C NOT NULL",
  "reservation_line.position smallint NOT NULL",
  "reservation_line.quantity integer NOT NULL",
  "reservation_line.sku text COLLATE C NOT NULL",
  "reservation_line: CHECK (("position" >= 1))",
  "reservation_line: CHECK ((quantity >= 1))",
  "reservation_line: FOREIGN KEY (order_id) REFERENCES reservation(order_id)",
  "reservation_line: PRIMARY KEY (order_id, "position")",
  "stock.available bigint NOT NULL",
  "stock.reserved bigint NOT NULL",
  "stock.sku text COLLATE C NOT NULL",
  "stock.updated_at timestamp with time zone NOT NULL DEFAULT statement_timestamp()",
  "stock: CHECK ((available >= 0))",
  "stock: CHECK ((reserved >= 0))",
  "stock: PRIMARY KEY (sku)",
  "stock_movement.actor text",
  "stock_movement.at timestamp with time zone NOT NULL DEFAULT statement_timestamp()",
  "stock_movement.delta_available bigint NOT NULL",
  "stock_movement.delta_reserved bigint NOT NULL",
  "stock_movement.id bigint NOT NULL IDENTITY ALWAYS",
  "stock_movement.kind text NOT NULL",
  "stock_movement.order_id text COLLATE C",
  "stock_movement.reason json",
  "stock_movement.sku text COLLATE C NOT NULL",
  "stock_movement: CHECK (
CASE
    WHEN (order_id IS NULL) THEN (delta_reserved = 0)
    ELSE (delta_available = (- delta_reserved))
END)",
  "stock_movement: CHECK (((kind = ANY (ARRAY['reservation'::text, 'release'::text])) = (order_id IS NOT NULL)))",
  "stock_movement: CHECK ((kind = ANY (ARRAY['set'::text, 'adjustment'::text, 'reservation'::text, 'release'::text])))",
  "stock_movement: PRIMARY KEY (id)",
]
`);
  });

  it('has the tables of the libraries beside its own', async () => {
    const rows = await inventory.rows<{ name: string }>(
      `SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['idempotency_key', 'outbox', 'parked_message', 'reservation', 'stock']),
    );
  });

  it('lets no number go below zero, whatever the code does', async () => {
    await inventory.shelve({ A: 1 });
    await expect(inventory.rows('UPDATE stock SET available = -1')).rejects.toThrow('stock_available_check');
    await expect(inventory.rows('UPDATE stock SET reserved = -1')).rejects.toThrow('stock_reserved_check');
  });
});
