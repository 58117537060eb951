import { METHODS } from 'node:http';
import { Counter, Histogram } from 'prom-client';
import { metricsRegistry } from './metrics-registry.js';

const duration = new Histogram({
  name: 'semel_http_request_duration_seconds',
  help: 'From the arrival of the headers to the last byte of the answer, by route template, method and class of status',
  labelNames: ['route', 'method', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  registers: [metricsRegistry],
});

const refused = new Counter({
  name: 'semel_http_refused_total',
  help: 'Requests that were refused before they were read, because as many as the process takes on were running',
  registers: [metricsRegistry],
});

/** A refused request is counted and nothing more: no log line, no span. */
export function observeRefusal(): void {
  refused.inc();
}

export interface ObservedRequest {
  /** The route's template, undefined where no route matched. */
  readonly route: string | undefined;
  readonly method: string;
  /** 499 where the client left before the answer. */
  readonly status: number;
  readonly seconds: number;
}

/** Labels come from closed sets only: nothing that a client makes up becomes a time series. */
export function observeRequest({ route = 'unmatched', method, status, seconds }: ObservedRequest): void {
  duration.observe(
    { route, method: METHODS.includes(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` },
    seconds,
  );
}
