import { PURCHASES, RESERVATIONS, TOPIC } from '@semel/contracts';
import { isTransient } from '@semel/idempotency';
import { KafkaTransport, type KafkaTransportOptions } from '@semel/kafka';
import { OutboxRelay } from '@semel/outbox';
import { ParkedMessages, ParkingLots } from '@semel/parking';
import {
  consumerMetrics,
  dependencyChecks,
  kafkaConnection,
  observeOutbox,
  observePool,
  type ServiceOptions,
} from '@semel/service';
import { DataSource } from 'typeorm';
import type { Config } from './config.js';
import { InventoryModule } from './inventory.module.js';

/** Inventory as a service: its module, its consumer, what it needs to be ready. */
export function inventoryService(
  config: Config,
): Omit<ServiceOptions<KafkaTransport>, 'log' | 'shutdownTimeoutMs'> {
  return {
    module: InventoryModule.with(config),
    auth: { jwks: config.AUTH_JWKS, issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE },
    openApi: {
      title: 'Semel Inventory',
      description:
        'What there is of each SKU, and what is held for which order. Errors are problems of RFC 9457.',
      version: '0.1.0',
    },
    transport: (app) => new KafkaTransport(consumerOptions(config, app.get(DataSource))),
    checks: (app, transport) => {
      const relay = app.get(OutboxRelay);
      observeOutbox(() => relay.stats());
      observePool(app.get(DataSource));
      if (transport !== undefined) app.get(ParkingLots).follow(transport);
      return dependencyChecks(app.get(DataSource), relay, transport);
    },
  };
}

/** What Inventory consumes, and how. */
export function consumerOptions(config: Config, database: DataSource): KafkaTransportOptions {
  return {
    kafka: { ...kafkaConnection(config), clientId: config.SERVICE_INSTANCE ?? 'inventory' },
    groupId: 'inventory',
    topics: [{ topic: PURCHASES, ...TOPIC }],
    publishes: [{ topic: RESERVATIONS, ...TOPIC }],
    inboxRetentionMs: config.MESSAGE_RETENTION_SECONDS * 1_000,
    isTransient,
    observer: consumerMetrics,
    ...(config.PARK_KEYS && { parkedKeys: new ParkedMessages(database) }),
  };
}
