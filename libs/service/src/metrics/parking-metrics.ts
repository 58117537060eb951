import { Gauge } from 'prom-client';
import { metricsRegistry } from './metrics-registry.js';
import { oneReading } from './one-reading.js';

const registers = [metricsRegistry];

interface ParkingNumbers {
  readonly messages: readonly {
    readonly topic: string;
    readonly reason: string;
    readonly messages: number;
  }[];
  readonly keys: readonly { readonly topic: string; readonly keys: number }[];
}

/**
 * Shows what waits in the parking lots at each scrape.
 * @param read one cheap statement; while it fails the numbers are not shown
 */
export function observeParking(read: () => Promise<ParkingNumbers>): void {
  const readOnce = oneReading(read);
  const parked = 'semel_parked_messages';
  const keys = 'semel_parked_keys';
  for (const name of [parked, keys]) metricsRegistry.removeSingleMetric(name);
  new Gauge({
    name: parked,
    help: 'Messages in the parking lots that nobody has replayed or discarded, by topic and reason (counted up to 100,000)',
    labelNames: ['topic', 'reason'],
    registers,
    async collect() {
      const numbers = await readOnce();
      this.reset();
      for (const { topic, reason, messages } of numbers?.messages ?? [])
        this.inc({ topic, reason }, messages);
    },
  });
  new Gauge({
    name: keys,
    help: 'Keys that are parked whole, by topic (of up to 100,000 messages)',
    labelNames: ['topic'],
    registers,
    async collect() {
      const numbers = await readOnce();
      this.reset();
      for (const one of numbers?.keys ?? []) this.set({ topic: one.topic }, one.keys);
    },
  });
}
