import { metricsRegistry } from '@semel/service';
import { Counter } from 'prom-client';
import type { Decision } from './decision.js';

const purchases = new Counter({
  name: 'semel_purchase_decisions_total',
  help: 'Purchase events that this process has decided, by what they came to: reserved, rejected, released, buried (cancelled before its purchase), stillborn (the purchase of such a cancellation) or unchanged',
  labelNames: ['decision'],
  registers: [metricsRegistry],
});

/** After their commit, or they might be counted without having been. */
export function countDecisions(decisions: readonly Decision[]): void {
  const counts = new Map<Decision['kind'], number>();
  for (const { kind } of decisions) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const [decision, count] of counts) purchases.inc({ decision }, count);
}
