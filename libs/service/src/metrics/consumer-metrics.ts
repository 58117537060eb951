import { Counter, Gauge, Histogram } from 'prom-client';
import { metricsRegistry } from './metrics-registry.js';

const registers = [metricsRegistry];

const handled = new Counter({
  name: 'semel_consumer_messages_total',
  help: 'Messages by topic and verdict: done, retry (tried again later) or park (put into the dead-letter topic)',
  labelNames: ['topic', 'verdict'],
  registers,
});

const parked = new Counter({
  name: 'semel_consumer_parked_total',
  help: 'Messages that lie in the dead-letter topic, by topic and reason',
  labelNames: ['topic', 'reason'],
  registers,
});

const pauses = new Counter({
  name: 'semel_consumer_pauses_total',
  help: 'How often a partition was paused because its messages could not be processed yet, by topic',
  labelNames: ['topic'],
  registers,
});

const lag = new Gauge({
  name: 'semel_consumer_lag_messages',
  help: 'Messages behind the last committed offset, by topic and partition of this process',
  labelNames: ['topic', 'partition'],
  registers,
});

const duration = new Histogram({
  name: 'semel_consumer_batch_duration_seconds',
  help: 'How long a handler took for one batch, its commit included, by topic',
  labelNames: ['topic'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  registers,
});

/** For the observer of a Kafka consumer. Reasons come from a closed set: a new one of an application is a new series. */
export const consumerMetrics = {
  joined(): void {
    // Partitions that another process has now would go on being shown here.
    lag.reset();
  },

  handled(call: {
    readonly topic: string;
    readonly verdicts: Readonly<Record<'done' | 'retry' | 'park', number>>;
    readonly seconds: number;
  }): void {
    const { topic, verdicts, seconds } = call;
    for (const [verdict, count] of Object.entries(verdicts)) handled.inc({ topic, verdict }, count);
    duration.observe({ topic }, seconds);
  },

  parked({ topic, reason }: { readonly topic: string; readonly reason: string }): void {
    parked.inc({ topic, reason });
  },

  waiting({ topic }: { readonly topic: string }): void {
    pauses.inc({ topic });
  },

  committed(position: { readonly topic: string; readonly partition: number; readonly lag: number }): void {
    lag.set({ topic: position.topic, partition: position.partition }, position.lag);
  },
};
