/**
 * A quantile of what a histogram counted between two readings, in the histogram's unit, linear within a bucket as Prometheus's
 * `histogram_quantile` does it. Undefined where nothing was counted, or the process was started anew in between.
 */
export function quantileBetween(
  earlier: ReadonlyMap<number, number>,
  later: ReadonlyMap<number, number>,
  quantile: number,
): number | undefined {
  const counts = [...later].map(([bound, count]) => ({ bound, count: count - (earlier.get(bound) ?? 0) }));
  const total = counts.at(-1)?.count ?? 0;
  if (total <= 0 || counts.some(({ count }) => count < 0)) return undefined;
  const rank = quantile * total;
  let below = { bound: 0, count: 0 };
  for (const bucket of counts) {
    if (bucket.count >= rank) {
      // Nothing is known beyond the last finite bound.
      if (!Number.isFinite(bucket.bound)) return below.bound;
      const within = bucket.count - below.count;
      const part = within === 0 ? 1 : (rank - below.count) / within;
      return below.bound + (bucket.bound - below.bound) * part;
    }
    below = bucket;
  }
  return undefined;
}

/** What a counter gained a second between two readings; undefined where it was started anew in between. */
export function rateBetween(earlier: number, later: number, seconds: number): number | undefined {
  return later < earlier || seconds <= 0 ? undefined : (later - earlier) / seconds;
}
