import { bucketsOf, type Sample, sumOf } from './prometheus-text.js';
import { quantileBetween, rateBetween } from './quantile.js';

/** What the services' metrics said at one moment; undefined for one that did not answer. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly order: readonly Sample[] | undefined;
  readonly inventory: readonly Sample[] | undefined;
}

type Service = 'order' | 'inventory';

/** One moment of the charts. Null, a gap in the line, where nothing happened that could be measured or nobody answered. */
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

/** The newest point: for each service, from the newest reading and the oldest one of the same life in the window before it. */
export function pointOf(readings: readonly Reading[]): Point | undefined {
  const latest = readings.at(-1);
  if (latest === undefined) return undefined;
  const order = stretch(readings, 'order');
  const inventory = stretch(readings, 'inventory');
  const outcomeRate = (...outcomes: string[]) =>
    order &&
    rateBetween(operations(order.earlier, outcomes), operations(order.later, outcomes), order.seconds);
  const latency = (quantile: number) => {
    const found = order && quantileBetween(placing(order.earlier), placing(order.later), quantile);
    return found === undefined ? null : found * 1_000;
  };
  return {
    at: latest.at,
    executed: outcomeRate('executed') ?? null,
    stopped: outcomeRate('replayed', 'in-flight', 'mismatched') ?? null,
    purchases:
      (inventory &&
        rateBetween(purchases(inventory.earlier), purchases(inventory.later), inventory.seconds)) ??
      null,
    median: latency(0.5),
    p95: latency(0.95),
    p99: latency(0.99),
  };
}

interface Stretch {
  readonly earlier: readonly Sample[];
  readonly later: readonly Sample[];
  readonly seconds: number;
}

/** What can be compared: a service's counters begin anew with its process. Undefined where the newest reading lacks it. */
function stretch(readings: readonly Reading[], service: Service): Stretch | undefined {
  const newest = readings.at(-1);
  const later = newest?.[service];
  if (newest === undefined || later === undefined) return undefined;
  for (const { at, [service]: earlier } of readings.slice(0, -1)) {
    if (at < newest.at - WINDOW_MS || earlier === undefined || startOf(earlier) !== startOf(later)) continue;
    return { earlier, later, seconds: (newest.at - at) / 1_000 };
  }
  return undefined;
}

function startOf(samples: readonly Sample[]): number {
  return sumOf(samples, 'semel_process_start_time_seconds');
}

/** Operations of a service with one of these outcomes, since it was started. */
function operations(samples: readonly Sample[], outcomes: readonly string[]): number {
  return outcomes.reduce(
    (sum, outcome) => sum + sumOf(samples, 'semel_idempotency_operations_total', { outcome }),
    0,
  );
}

/** Duplicates that a service has stopped since it was started, as a figure; undefined while it does not answer. */
export function stoppedAt(reading: Reading | undefined, service: Service): string | undefined {
  const samples = reading?.[service];
  return samples && operations(samples, ['replayed', 'in-flight', 'mismatched']).toLocaleString('en');
}

function placing(samples: readonly Sample[]): ReadonlyMap<number, number> {
  return bucketsOf(samples, 'semel_http_request_duration_seconds', { route: '/orders', method: 'POST' });
}

function purchases(samples: readonly Sample[]): number {
  return sumOf(samples, 'semel_consumer_messages_total', { topic: 'purchases', verdict: 'done' });
}
