import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { engineConnectionOptions, IdempotencyModule, idempotencyMigrations } from '@semel/idempotency';
import { KafkaTransport } from '@semel/kafka';
import { OutboxModule, outboxMigrations } from '@semel/outbox';
import { DataSource } from 'typeorm';
import { Purchase, PurchasesController, purchasesTopic, Shipment, ShippingConsumer } from './purchases.js';

const url = String(process.env.DATABASE_URL);
const brokers = String(process.env.KAFKA_BROKERS).split(',');

const migrations = [...idempotencyMigrations, ...outboxMigrations];
const entities = [Purchase, Shipment];

const owner = await new DataSource({ type: 'postgres', url, migrations }).initialize();
await owner.runMigrations();
await owner.query('CREATE TABLE purchase (id serial PRIMARY KEY, sku text NOT NULL)');
await owner.query(
  'CREATE TABLE shipment (id serial PRIMARY KEY, "purchaseId" integer NOT NULL, type text NOT NULL)',
);
await owner.destroy();

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url, entities, extra: engineConnectionOptions() }),
    TypeOrmModule.forFeature(entities),
    IdempotencyModule.forRoot(),
    OutboxModule.forRoot({ kafka: { brokers }, source: 'urn:consumer' }),
  ],
  controllers: [PurchasesController, ShippingConsumer],
})
class AppModule {}

const adapter = process.env.ADAPTER === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(AppModule, adapter, { rawBody: true, logger: ['error', 'warn'] });
const transport = new KafkaTransport({
  kafka: { brokers },
  groupId: purchasesTopic,
  topics: [{ topic: purchasesTopic, partitions: 3 }],
});
app.connectMicroservice({ strategy: transport });
app.enableShutdownHooks();
await app.startAllMicroservices();
await app.listen(0, '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
