import { useCallback, useEffect, useState } from 'react';
import { usePolled } from '../api/use-polled.js';
import { parsePrometheusText, type Sample } from './prometheus-text.js';
import { type Point, pointOf, type Reading } from './series.js';

const EVERY_MS = 2_000;
/** Five minutes of points. */
const KEPT = 150;

export interface Metrics {
  readonly latest: Reading | undefined;
  readonly points: readonly Point[];
}

/** Reads both services' metrics while the page is open, and keeps the last minutes of what they say. */
export function useMetrics(): Metrics {
  const load = useCallback(async (signal: AbortSignal): Promise<Reading> => {
    const [order, inventory] = await Promise.all([
      metricsOf('order', signal),
      metricsOf('inventory', signal),
    ]);
    return { at: Date.now(), order, inventory };
  }, []);
  const { value: latest } = usePolled(load, EVERY_MS);
  const [history, setHistory] = useState<{ readings: readonly Reading[]; points: readonly Point[] }>({
    readings: [],
    points: [],
  });
  useEffect(() => {
    if (latest === undefined) return;
    setHistory(({ readings: before, points }) => {
      const readings = [...before, latest].slice(-10);
      const point = pointOf(readings);
      return { readings, points: point === undefined ? points : [...points, point].slice(-KEPT) };
    });
  }, [latest]);
  return { latest, points: history.points };
}

/** Undefined where the service does not answer in time: it may be dead, or stopped. The other one's line goes on. */
async function metricsOf(
  service: 'order' | 'inventory',
  leaving: AbortSignal,
): Promise<Sample[] | undefined> {
  try {
    const signal = AbortSignal.any([leaving, AbortSignal.timeout(EVERY_MS)]);
    const response = await fetch(`/api/${service}/metrics`, { signal });
    return response.ok ? parsePrometheusText(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}
