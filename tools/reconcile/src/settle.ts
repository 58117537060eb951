import type { Report } from './report.js';
import type { OrderFound } from './story.js';

/** Counts an order whose story is complete. What is held for a confirmed order is sold: nothing takes it from there any more. */
export function settle(report: Report, { units }: OrderFound, as: string): void {
  report.count(`orders ${as}`);
  if (as === 'confirmed') report.count('units sold', units);
}
