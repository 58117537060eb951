import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { engineConnectionOptions, IdempotencyKeysController, IdempotencyModule } from '@semel/idempotency';
import { OutboxModule } from '@semel/outbox';
import { ParkingModule } from '@semel/parking';
import {
  Drain,
  idempotencySettings,
  kafkaConnection,
  LOG,
  type Log,
  postgresConnection,
  relayMetrics,
} from '@semel/service';
import { DataSource } from 'typeorm';
import { ApplyReservations } from './apply-reservation/apply-reservations.js';
import { ReservationsConsumer } from './apply-reservation/reservations.consumer.js';
import { CancelOrderController } from './cancel-order/cancel-order.controller.js';
import { CancelOrders } from './cancel-order/cancel-orders.js';
import type { Config } from './config.js';
import { ListProductsController } from './list-products/list-products.controller.js';
import { tellingOrders } from './order/telling-orders.js';
import { OrderEventsController } from './order-events/order-events.controller.js';
import { OrderWatch } from './order-events/order-watch.js';
import { PlaceOrderController } from './place-order/place-order.controller.js';
import { PlaceOrders } from './place-order/place-orders.js';
import { OrdersReader } from './read-orders/orders-reader.js';
import { ReadOrdersController } from './read-orders/read-orders.controller.js';
import { UnansweredOrders } from './unanswered-orders/unanswered-orders.js';

@Module({})
export class OrderModule {
  static with(config: Config): DynamicModule {
    const instance = config.SERVICE_INSTANCE;
    return {
      module: OrderModule,
      imports: [
        TypeOrmModule.forRoot({
          ...postgresConnection(config, instance ?? 'order'),
          // Its reads and writes are statements of its own; migrations are the business of migrate.ts.
          entities: [],
          extra: engineConnectionOptions(),
          retryAttempts: 10,
          retryDelay: 1_000,
        }),
        IdempotencyModule.forRootAsync({
          inject: [LOG],
          useFactory: (log: Log) => tellingOrders(idempotencySettings(config, log)),
        }),
        OutboxModule.forRoot({
          kafka: { ...kafkaConnection(config), clientId: 'order-relay' },
          source: 'urn:semel:order',
          observer: relayMetrics,
          relay: { keepPublished: config.OUTBOX_RETENTION_SECONDS * 1_000 },
          ...(instance !== undefined && { instance }),
        }),
        ParkingModule.forRoot({ ...kafkaConnection(config), clientId: 'order-parking' }),
      ],
      controllers: [
        ListProductsController,
        PlaceOrderController,
        CancelOrderController,
        OrderEventsController,
        ReadOrdersController,
        IdempotencyKeysController,
        ReservationsConsumer,
      ],
      providers: [
        PlaceOrders,
        CancelOrders,
        ApplyReservations,
        OrdersReader,
        {
          provide: OrderWatch,
          inject: [DataSource, Drain, LOG],
          useFactory: (dataSource: DataSource, drain: Drain, log: Log) =>
            new OrderWatch(dataSource, drain, log),
        },
        {
          provide: UnansweredOrders,
          inject: [DataSource, LOG],
          useFactory: (dataSource: DataSource, log: Log) =>
            new UnansweredOrders(dataSource, log, {
              warnAfter: config.PLACED_ORDER_WARNING_SECONDS,
              every: 60_000,
            }),
        },
      ],
    };
  }
}
