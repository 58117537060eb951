import type { EngineObserver } from '@semel/idempotency';
import { annotateLog } from '@semel/service';

interface Observed {
  readonly observer: EngineObserver;
}

/**
 * Puts the order's id on the log line of a request that placed one, or asked for it again: every retry is found under the order
 * that the first request made. Not by an interceptor: Nest wraps each one in promises and observables of its own.
 */
export function tellingOrders<Settings extends Observed>(settings: Settings): Settings & Observed {
  return {
    ...settings,
    observer: {
      ...settings.observer,
      answered(operation, outcome, answer) {
        settings.observer.answered?.(operation, outcome, answer);
        const orderId = /^\/orders\/(.+)$/.exec(answer?.headers?.location ?? '')?.[1];
        if (orderId !== undefined) annotateLog({ orderId });
      },
    },
  };
}
