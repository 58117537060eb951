import { bucketsOf, type Sample, sumOf } from './prometheus-text.js';
import { quantileBetween, rateBetween } from './quantile.js';

/** What the services' metrics said at one moment. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly order: readonly Sample[];
  readonly inventory: readonly Sample[];
}

/** One moment of the charts. Null where nothing happened that could be measured, or a service was started anew. */
export interface Point {
  readonly at: number;
  /** Operations a second at Order, over REST and Kafka. */
  readonly executed: number | null;
  readonly stopped: number | null;
  /** Purchases a second that Inventory took from Kafka. */
  readonly purchases: number | null;
  /** Milliseconds of `POST /orders`. */
  readonly median: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Long enough that a few requests make a number, short enough that a storm shows at once. */
const WINDOW_MS = 10_000;

/** The newest point, from the newest reading and the one a window before it. */
export function pointOf(readings: readonly Reading[]): Point | undefined {
  const latest = readings.at(-1);
  const earlier = readings.find(({ at }) => latest !== undefined && at >= latest.at - WINDOW_MS);
  if (latest === undefined || earlier === undefined || earlier === latest) return undefined;
  const seconds = (latest.at - earlier.at) / 1_000;
  const outcomeRate = (...outcomes: string[]) =>
    rateBetween(operations(earlier.order, outcomes), operations(latest.order, outcomes), seconds) ?? null;
  const latency = (quantile: number) => {
    const found = quantileBetween(placing(earlier.order), placing(latest.order), quantile);
    return found === undefined ? null : found * 1_000;
  };
  return {
    at: latest.at,
    executed: outcomeRate('executed'),
    stopped: outcomeRate('replayed', 'in-flight', 'mismatched'),
    purchases: rateBetween(purchases(earlier.inventory), purchases(latest.inventory), seconds) ?? null,
    median: latency(0.5),
    p95: latency(0.95),
    p99: latency(0.99),
  };
}

/** Operations of a service with one of these outcomes, since it was started. */
function operations(samples: readonly Sample[], outcomes: readonly string[]): number {
  return outcomes.reduce(
    (sum, outcome) => sum + sumOf(samples, 'semel_idempotency_operations_total', { outcome }),
    0,
  );
}

/** Duplicates that a service has stopped since it was started, as a figure; undefined until its metrics were read. */
export function stoppedAt(reading: Reading | undefined, service: 'order' | 'inventory'): string | undefined {
  if (reading === undefined) return undefined;
  return operations(reading[service], ['replayed', 'in-flight', 'mismatched']).toLocaleString('en');
}

function placing(samples: readonly Sample[]): ReadonlyMap<number, number> {
  return bucketsOf(samples, 'semel_http_request_duration_seconds', { route: '/orders', method: 'POST' });
}

function purchases(samples: readonly Sample[]): number {
  return sumOf(samples, 'semel_consumer_messages_total', { topic: 'purchases', verdict: 'done' });
}
