import { createRequire } from 'node:module';

/** What is needed of kafkajs's queue of requests, one a connection; it has no types of its own, and may change. */
interface RequestQueue {
  readonly pending?: readonly unknown[];
  /** Milliseconds since 1970; -1 before the broker throttled for the first time. */
  readonly throttledUntil?: number;
  scheduleCheckPendingRequests(): void;
}

const quieted = new WeakSet<object>();

/**
 * kafkajs 2.2.4 looks for pending requests a thousand times a second on every connection that has none, because it takes
 * "never throttled" for a time to wait until. Nothing has to be looked for then: a request that has to wait schedules
 * the look itself. A version that works differently is left alone.
 */
export function quietIdleConnections(): void {
  const prototype = requestQueuePrototype();
  if (!prototype || quieted.has(prototype)) return;
  quieted.add(prototype);
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleWhenNeeded(this: RequestQueue): void {
    const isIdle = this.pending?.length === 0 && Number(this.throttledUntil) <= Date.now();
    if (!isIdle) schedule.call(this);
  };
}

function requestQueuePrototype(): RequestQueue | undefined {
  try {
    const loaded: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
    const prototype: unknown = typeof loaded === 'function' ? loaded.prototype : undefined;
    return isRequestQueue(prototype) ? prototype : undefined;
  } catch {
    // Another version, with other files.
    return undefined;
  }
}

function isRequestQueue(value: unknown): value is RequestQueue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'scheduleCheckPendingRequests' in value &&
    typeof value.scheduleCheckPendingRequests === 'function'
  );
}
