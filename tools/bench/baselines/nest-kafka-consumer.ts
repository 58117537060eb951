import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload, ServerKafka } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { PurchasePlaced } from '@semel/contracts';
import { postgresConnection, runService } from '@semel/service';
import { DataSource } from 'typeorm';
import { consumerEnvironment } from './consumer-environment.js';
import { Reservation, ReservedLine, Stock } from './reservation-tables.js';

const topic = process.env.TOPIC ?? '';

/** Nest's own Kafka server as its documentation shows it: a handler and a transaction an event. */
@Controller()
class NestConsumer {
  constructor(private readonly dataSource: DataSource) {}

  @EventPattern<string>(topic)
  async reserve(@Payload() { orderId, customerId, lines }: PurchasePlaced): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(Reservation, { orderId, customerId, status: 'reserved' });
      const numbered = lines.map(({ sku, quantity }, index) => ({
        orderId,
        position: index + 1,
        sku,
        quantity,
      }));
      await manager.insert(ReservedLine, numbered);
      for (const { sku, quantity } of lines) {
        await manager.increment(Stock, { sku }, 'reserved', quantity);
        await manager.decrement(Stock, { sku }, 'available', quantity);
      }
    });
  }
}

await runService({
  name: 'nest-kafka-consumer',
  environment: consumerEnvironment,
  service: (config) => {
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          ...postgresConnection(config, 'nest-kafka-consumer'),
          entities: [Reservation, ReservedLine, Stock],
        }),
      ],
      controllers: [NestConsumer],
    })
    class ConsumerModule {}
    return {
      module: ConsumerModule,
      auth: 'none',
      transport: () =>
        new ServerKafka({
          client: { brokers: config.KAFKA_BROKERS, clientId: 'nest-kafka-consumer' },
          consumer: { groupId: 'bench-nest' },
          subscribe: { fromBeginning: true },
        }),
    };
  },
});
