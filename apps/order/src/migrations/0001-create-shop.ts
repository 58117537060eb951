import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateShop1764000000100 implements MigrationInterface {
  readonly name = 'CreateShop1764000000100';

  async up(runner: QueryRunner): Promise<void> {
    // One currency, because the lines of an order are summed up. The bound keeps the total of the largest order that can
    // be placed (100 lines of 1,000) within 2^53, where JSON's numbers are exact.
    await runner.query(`
      CREATE TABLE product (
        sku        text COLLATE "C" PRIMARY KEY CHECK (sku ~ '^[A-Za-z0-9._-]{1,64}$'),
        name       text NOT NULL,
        unit_price bigint NOT NULL CHECK (unit_price BETWEEN 0 AND 90000000000),
        currency   text COLLATE "C" NOT NULL CHECK (currency = 'EUR')
      )`);
    // The note is kept as a JSON string: clients may send U+0000 and lone surrogates, which text refuses.
    await runner.query(`
      CREATE TABLE orders (
        id             uuid PRIMARY KEY,
        customer_id    text COLLATE "C" NOT NULL,
        status         text COLLATE "C" NOT NULL
                       CHECK (status IN ('placed', 'confirmed', 'rejected', 'cancelled')),
        version        integer NOT NULL CHECK (version > 0),
        rejection_code text COLLATE "C",
        rejection_sku  text COLLATE "C",
        total          bigint NOT NULL CHECK (total >= 0),
        currency       text COLLATE "C" NOT NULL,
        note_json      text,
        placed_at      timestamptz NOT NULL,
        updated_at     timestamptz NOT NULL,
        CHECK ((status = 'rejected') = (rejection_code IS NOT NULL)),
        CHECK ((rejection_code IS NULL) = (rejection_sku IS NULL))
      )`);
    await runner.query(`
      CREATE TABLE order_line (
        order_id   uuid NOT NULL REFERENCES orders,
        position   smallint NOT NULL,
        sku        text COLLATE "C" NOT NULL,
        quantity   integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
        unit_price bigint NOT NULL CHECK (unit_price >= 0),
        PRIMARY KEY (order_id, position)
      )`);
    await runner.query('CREATE INDEX orders_newest ON orders (customer_id, placed_at DESC, id DESC)');
    await runner.query(
      'CREATE INDEX orders_newest_of_status ON orders (customer_id, status, placed_at DESC, id DESC)',
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: write a new one.');
  }
}
