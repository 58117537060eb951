import { Order } from '@semel/contracts';
import type { Experiment } from '../shop/experiment.js';

/** Repeats of an order that were stopped: each would have been charged once more. Minor units of the orders' currency. */
export function doubleChargesSaved(experiments: readonly Experiment[]): number {
  const exchanges = experiments.filter(({ kind }) => kind !== 'cancel').flatMap((each) => each.exchanges);
  const totals = new Map<string, number>();
  for (const { request, answer } of exchanges) {
    if (answer?.status === 201) totals.set(request.key, Order.parse(JSON.parse(answer.body)).total.amount);
  }
  return exchanges
    .filter(({ outcome }) => outcome === 'replayed' || outcome === 'in-flight')
    .reduce((sum, { request }) => sum + (totals.get(request.key) ?? 0), 0);
}
