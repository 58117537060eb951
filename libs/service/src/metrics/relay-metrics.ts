import { Counter, Gauge, Histogram } from 'prom-client';
import { metricsRegistry } from './metrics-registry.js';
import { oneReading } from './one-reading.js';

const registers = [metricsRegistry];

const published = new Counter({
  name: 'semel_outbox_published_total',
  help: 'Events that the brokers acknowledged and that were marked so',
  registers,
});

const failures = new Counter({
  name: 'semel_outbox_failures_total',
  help: 'Requests or statements of the relay that failed; their events wait and are tried again',
  registers,
});

const setAside = new Counter({
  name: 'semel_outbox_set_aside_total',
  help: 'Events that no broker would take, by reason',
  labelNames: ['reason'],
  registers,
});

const buckets = new Gauge({
  name: 'semel_outbox_buckets',
  help: 'How many of the 64 buckets of the outbox this process relays',
  registers,
});

const acknowledgement = new Histogram({
  name: 'semel_outbox_send_duration_seconds',
  help: 'From the sending of a request to the acknowledgement of all in-sync replicas',
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers,
});

/** For the observer of an outbox relay. */
export const relayMetrics = {
  acknowledged(_events: number, milliseconds: number): void {
    acknowledgement.observe(milliseconds / 1_000);
  },

  published(events: number): void {
    published.inc(events);
  },

  failed(): void {
    failures.inc();
  },

  setAside(events: number, reason: string): void {
    setAside.inc({ reason }, events);
  },

  holding(held: number): void {
    buckets.set(held);
  },
};

interface OutboxNumbers {
  readonly pending: number;
  readonly oldestPendingSeconds: number;
  readonly setAside: number;
}

/**
 * Shows the state of the outbox at each scrape.
 * @param read one cheap statement; while it fails the numbers are not shown
 */
export function observeOutbox(read: () => Promise<OutboxNumbers>): void {
  const readOnce = oneReading(read);
  const events = 'semel_outbox_events';
  const oldest = 'semel_outbox_oldest_pending_seconds';
  for (const name of [events, oldest]) metricsRegistry.removeSingleMetric(name);
  new Gauge({
    name: events,
    help: 'Events in the outbox by state: pending for their acknowledgement, or set aside (counted up to 100,000)',
    labelNames: ['state'],
    registers,
    async collect() {
      const numbers = await readOnce();
      this.reset();
      if (numbers === undefined) return;
      this.set({ state: 'pending' }, numbers.pending);
      this.set({ state: 'set-aside' }, numbers.setAside);
    },
  });
  new Gauge({
    name: oldest,
    help: 'How long the oldest event has been waiting for its acknowledgement',
    registers,
    async collect() {
      const numbers = await readOnce();
      this.set(numbers?.oldestPendingSeconds ?? Number.NaN);
    },
  });
}
