import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { runService } from '@semel/service';
import kafkajs, { type Producer } from 'kafkajs';
import pg from 'pg';
import { consumerEnvironment } from './consumer-environment.js';

@Module({})
class NothingModule {}

/** The relay of most articles: lock a hundred rows, send them, delete them, commit. */
async function relayOnce(client: pg.PoolClient, producer: Producer, topic: string): Promise<number> {
  await client.query('BEGIN');
  const { rows } = await client.query(
    'SELECT id, key, headers, payload FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED',
  );
  if (rows.length > 0) {
    await producer.send({
      topic,
      acks: -1,
      messages: rows.map(({ key, headers, payload }) => ({ key, headers, value: payload })),
    });
    await client.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [rows.map(({ id }) => id)]);
  }
  await client.query('COMMIT');
  return rows.length;
}

async function start(brokers: string[], topic: string, url: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers, clientId: 'locking-relay', logLevel: kafkajs.logLevel.ERROR });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const client = await new pg.Pool({ connectionString: url, max: 1 }).connect();
  const loop = async (): Promise<never> => {
    for (;;) if ((await relayOnce(client, producer, topic)) === 0) await pause(50);
  };
  void loop();
}

await runService({
  name: 'locking-relay',
  environment: consumerEnvironment,
  service: (config) => {
    const started = start(config.KAFKA_BROKERS, config.TOPIC, config.DATABASE_URL);
    return { module: NothingModule, auth: 'none', checks: () => ({ relay: () => started }) };
  },
});
