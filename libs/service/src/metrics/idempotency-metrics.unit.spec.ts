import { idempotencyMetrics } from './idempotency-metrics.js';
import { metricsRegistry } from './metrics-registry.js';

it('shows all that the engine tells, each kind of outcome from the start', async () => {
  expect(await metricsRegistry.metrics()).toMatch(
    /^semel_idempotency_operations_total\{outcome="mismatched"\} 0$/m,
  );
  idempotencyMetrics.outcome('replayed');
  idempotencyMetrics.inFlight(3);
  idempotencyMetrics.queued(4);
  idempotencyMetrics.waiting(5);
  idempotencyMetrics.claimed(0.02);
  idempotencyMetrics.executed(0.03);
  idempotencyMetrics.committed(0.04, 7);
  idempotencyMetrics.takenOver();
  idempotencyMetrics.leaseLost();
  idempotencyMetrics.abandoned(2);
  idempotencyMetrics.swept(8);
  idempotencyMetrics.sweepFailed();
  idempotencyMetrics.sweepLag(9);
  const shown = (await metricsRegistry.metrics()).split('\n');
  for (const line of [
    'semel_idempotency_operations_total{outcome="replayed"} 1',
    'semel_idempotency_in_flight_operations 3',
    'semel_idempotency_queued_operations 4',
    'semel_idempotency_waiting_requests 5',
    'semel_idempotency_claim_duration_seconds_sum 0.02',
    'semel_idempotency_effect_duration_seconds_sum 0.03',
    'semel_idempotency_commit_duration_seconds_sum 0.04',
    'semel_idempotency_group_operations_sum 7',
    'semel_idempotency_takeovers_total 1',
    'semel_idempotency_leases_lost_total 1',
    'semel_idempotency_abandoned_total 2',
    'semel_idempotency_swept_total 8',
    'semel_idempotency_sweep_failures_total 1',
    'semel_idempotency_sweep_lag_seconds 9',
  ])
    expect(shown).toContain(line);
});
