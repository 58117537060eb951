import { context, propagation } from '@opentelemetry/api';

/** The W3C `traceparent` of the work that is being done, to hand on with what leaves it for later. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}
