import { Counter, Gauge, Histogram } from 'prom-client';
import { metricsRegistry } from './metrics-registry.js';

const registers = [metricsRegistry];
const durations = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const outcomes = new Counter({
  name: 'semel_idempotency_operations_total',
  help: 'Operations by outcome: executed, replayed, in-flight, mismatched or failed',
  labelNames: ['outcome'],
  registers,
});

const claims = new Histogram({
  name: 'semel_idempotency_claim_duration_seconds',
  help: 'From asking for a connection to knowing which operations of a transaction are new',
  buckets: durations,
  registers,
});

const effects = new Histogram({
  name: 'semel_idempotency_effect_duration_seconds',
  help: 'What the handlers of a transaction took',
  buckets: durations,
  registers,
});

const commits = new Histogram({
  name: 'semel_idempotency_commit_duration_seconds',
  help: 'Recording the answers of a transaction and its COMMIT',
  buckets: durations,
  registers,
});

const groups = new Histogram({
  name: 'semel_idempotency_group_operations',
  help: 'Operations that were committed together',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 500],
  registers,
});

const inFlight = new Gauge({
  name: 'semel_idempotency_in_flight_operations',
  help: 'Operations in this process between asking for their claim and their outcome',
  registers,
});

const queued = new Gauge({
  name: 'semel_idempotency_queued_operations',
  help: 'Operations in this process that wait for a place in a group',
  registers,
});

const waiting = new Gauge({
  name: 'semel_idempotency_waiting_requests',
  help: 'Requests in this process that wait for the answer of another one (Prefer: wait)',
  registers,
});

const swept = new Counter({
  name: 'semel_idempotency_swept_total',
  help: 'Expired keys that this process forgot',
  registers,
});

const failedSweeps = new Counter({
  name: 'semel_idempotency_sweep_failures_total',
  help: 'Sweeps of this process that came to nothing, of a database that could not be reached say',
  registers,
});

const sweepLag = new Gauge({
  name: 'semel_idempotency_sweep_lag_seconds',
  help: 'How long the oldest expired key should have been forgotten, after the last sweep of this process',
  registers,
});

const takeovers = new Counter({
  name: 'semel_idempotency_takeovers_total',
  help: 'Leased operations that this process continued after their owner’s lease was over',
  registers,
});

const leasesLost = new Counter({
  name: 'semel_idempotency_leases_lost_total',
  help: 'Leased operations that were no longer this process’s before they were finished',
  registers,
});

const abandoned = new Counter({
  name: 'semel_idempotency_abandoned_total',
  help: 'Leased operations that were never finished nor asked for again, and are forgotten: look what they had begun',
  registers,
});

// Shown as zero before the first of a kind, so that a rate over them is defined from the start.
for (const outcome of ['executed', 'replayed', 'in-flight', 'mismatched', 'failed'])
  outcomes.inc({ outcome }, 0);

/** For the observer of the idempotency module. */
export const idempotencyMetrics = {
  outcome(outcome: string): void {
    outcomes.inc({ outcome });
  },

  inFlight(operations: number): void {
    inFlight.set(operations);
  },

  queued(operations: number): void {
    queued.set(operations);
  },

  waiting(requests: number): void {
    waiting.set(requests);
  },

  claimed(seconds: number): void {
    claims.observe(seconds);
  },

  executed(seconds: number): void {
    effects.observe(seconds);
  },

  committed(seconds: number, operations: number): void {
    commits.observe(seconds);
    groups.observe(operations);
  },

  takenOver(): void {
    takeovers.inc();
  },

  leaseLost(): void {
    leasesLost.inc();
  },

  abandoned(keys: number): void {
    abandoned.inc(keys);
  },

  swept(keys: number): void {
    swept.inc(keys);
  },

  sweepFailed(): void {
    failedSweeps.inc();
  },

  sweepLag(seconds: number): void {
    sweepLag.set(seconds);
  },
};
