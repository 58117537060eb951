import type { ReadinessCheck } from './readiness.js';

interface Database {
  query(sql: string): Promise<unknown>;
}

interface Relay {
  health(): { readonly connected: boolean; readonly reason?: string };
}

interface ConsumingTransport {
  health(): { readonly ready: boolean; readonly detail: string; readonly lastError?: string };
}

/** What a service needs to be ready: its database, its place in the consumer group, its outbox's way to Kafka. */
export function dependencyChecks(
  database: Database,
  relay: Relay,
  transport: ConsumingTransport | undefined,
): Record<string, ReadinessCheck> {
  return {
    postgres: () => database.query('SELECT 1'),
    'kafka-consumer': () => {
      const health = transport?.health();
      if (!health?.ready) throw new Error(health?.lastError ?? health?.detail ?? 'There is no consumer.');
    },
    'outbox-relay': () => {
      const { connected, reason } = relay.health();
      if (!connected) throw new Error(reason ?? 'The relay is not connected.');
    },
  };
}
