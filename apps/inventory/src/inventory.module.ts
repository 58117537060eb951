import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { engineConnectionOptions, IdempotencyKeysController, IdempotencyModule } from '@semel/idempotency';
import { OutboxModule } from '@semel/outbox';
import { ParkingModule } from '@semel/parking';
import {
  idempotencySettings,
  kafkaConnection,
  LOG,
  type Log,
  postgresConnection,
  relayMetrics,
} from '@semel/service';
import { AdjustStockController } from './adjust-stock/adjust-stock.controller.js';
import { AdjustStock } from './adjust-stock/adjust-stock.js';
import type { Config } from './config.js';
import { PutStockController } from './put-stock/put-stock.controller.js';
import { PutStock } from './put-stock/put-stock.js';
import { ReadReservationController } from './read-reservation/read-reservation.controller.js';
import { ReadReservation } from './read-reservation/read-reservation.js';
import { ReadStockController } from './read-stock/read-stock.controller.js';
import { ReadStock } from './read-stock/read-stock.js';
import { PurchasesConsumer } from './reserve-purchases/purchases.consumer.js';
import { ReservePurchases } from './reserve-purchases/reserve-purchases.js';
import { StockEntity } from './stock-ledger/stock.entity.js';
import { StockMovementEntity } from './stock-ledger/stock-movement.entity.js';

const entities = [StockEntity, StockMovementEntity];

@Module({})
export class InventoryModule {
  static with(config: Config): DynamicModule {
    const instance = config.SERVICE_INSTANCE;
    return {
      module: InventoryModule,
      imports: [
        TypeOrmModule.forRoot({
          ...postgresConnection(config, instance ?? 'inventory'),
          entities,
          extra: engineConnectionOptions(),
          installExtensions: false,
          retryAttempts: 10,
          retryDelay: 1_000,
        }),
        TypeOrmModule.forFeature(entities),
        IdempotencyModule.forRootAsync({
          inject: [LOG],
          useFactory: (log: Log) => idempotencySettings(config, log),
        }),
        OutboxModule.forRoot({
          kafka: { ...kafkaConnection(config), clientId: 'inventory-relay' },
          source: 'urn:semel:inventory',
          observer: relayMetrics,
          relay: { keepPublished: config.OUTBOX_RETENTION_SECONDS * 1_000 },
          ...(instance !== undefined && { instance }),
        }),
        ParkingModule.forRoot({ ...kafkaConnection(config), clientId: 'inventory-parking' }),
      ],
      controllers: [
        ReadStockController,
        PutStockController,
        AdjustStockController,
        ReadReservationController,
        IdempotencyKeysController,
        PurchasesConsumer,
      ],
      providers: [ReadStock, PutStock, AdjustStock, ReadReservation, ReservePurchases],
    };
  }
}
