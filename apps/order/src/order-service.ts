import { PURCHASES, RESERVATIONS, TOPIC } from '@semel/contracts';
import { isTransient } from '@semel/idempotency';
import { KafkaTransport } from '@semel/kafka';
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
import { OrderModule } from './order.module.js';

/** Order as a service: its module, its consumer, what it needs to be ready. */
export function orderService(
  config: Config,
): Omit<ServiceOptions<KafkaTransport>, 'log' | 'shutdownTimeoutMs'> {
  return {
    module: OrderModule.with(config),
    auth: { jwks: config.AUTH_JWKS, issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE },
    openApi: {
      title: 'Semel Order',
      description:
        'Takes orders. Every change needs an Idempotency-Key and happens once, however often it is sent; errors are problems of RFC 9457.',
      version: '0.1.0',
    },
    transport: (app) => consumer(config, app.get(DataSource)),
    checks: (app, transport) => {
      const relay = app.get(OutboxRelay);
      observeOutbox(() => relay.stats());
      observePool(app.get(DataSource));
      if (transport !== undefined) app.get(ParkingLots).follow(transport);
      return dependencyChecks(app.get(DataSource), relay, transport);
    },
  };
}

function consumer(config: Config, database: DataSource): KafkaTransport {
  return new KafkaTransport({
    kafka: { ...kafkaConnection(config), clientId: config.SERVICE_INSTANCE ?? 'order' },
    groupId: 'order',
    topics: [{ topic: RESERVATIONS, ...TOPIC }],
    publishes: [{ topic: PURCHASES, ...TOPIC }],
    inboxRetentionMs: config.MESSAGE_RETENTION_SECONDS * 1_000,
    isTransient,
    observer: consumerMetrics,
    ...(config.PARK_KEYS && { parkedKeys: new ParkedMessages(database) }),
  });
}
