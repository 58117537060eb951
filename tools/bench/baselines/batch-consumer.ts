import 'reflect-metadata';
import { Module } from '@nestjs/common';
import type { OrderedLine, PurchasePlaced } from '@semel/contracts';
import { runService } from '@semel/service';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { consumerEnvironment } from './consumer-environment.js';

@Module({})
class NothingModule {}

const reserve = `
  WITH placed AS (
    INSERT INTO reservation (order_id, customer_id, status)
    SELECT order_id, customer_id, 'reserved' FROM unnest($1::text[], $2::text[]) AS given (order_id, customer_id)
  ), lines AS (
    SELECT * FROM unnest($3::text[], $4::smallint[], $5::text[], $6::int[]) AS given (order_id, position, sku, quantity)
  ), moved AS (
    UPDATE stock SET available = available - taken.quantity, reserved = reserved + taken.quantity
    FROM (SELECT sku, sum(quantity) AS quantity FROM lines GROUP BY sku) AS taken
    WHERE stock.sku = taken.sku
  )
  INSERT INTO reservation_line SELECT * FROM lines`;

/** As fast as kafkajs and PostgreSQL go: a batch of a partition in one statement, and none of the questions asked. */
async function consume(brokers: string[], topic: string, pool: pg.Pool): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers, clientId: 'batch-consumer', logLevel: kafkajs.logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: 'bench-batch' });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      const purchases = batch.messages.map(({ value }): PurchasePlaced => JSON.parse(String(value)));
      const lines = purchases.flatMap(({ orderId, lines: ordered }) =>
        ordered.map((line: OrderedLine, index: number) => ({ ...line, orderId, position: index + 1 })),
      );
      await pool.query({
        name: 'reserve',
        text: reserve,
        values: [
          purchases.map(({ orderId }) => orderId),
          purchases.map(({ customerId }) => customerId),
          lines.map(({ orderId }) => orderId),
          lines.map(({ position }) => position),
          lines.map(({ sku }) => sku),
          lines.map(({ quantity }) => quantity),
        ],
      });
    },
  });
}

await runService({
  name: 'batch-consumer',
  environment: consumerEnvironment,
  service: (config) => {
    const pool = new pg.Pool({ connectionString: config.DATABASE_URL, max: 4 });
    const started = consume(config.KAFKA_BROKERS, config.TOPIC, pool);
    return { module: NothingModule, auth: 'none', checks: () => ({ consumer: () => started }) };
  },
});
