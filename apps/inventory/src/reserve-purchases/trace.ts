import { randomUUID } from 'node:crypto';

/** The trace that an event belongs to. */
export interface Trace {
  readonly traceparent: string;
  readonly traceId: string;
}

const traceContext = /^00-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/** The trace of a cause, so that its answer belongs to it too; a new one (W3C Trace Context) where it has none. */
export function traceOf({ traceparent }: { readonly traceparent?: string }): Trace {
  const traceId = traceparent === undefined ? undefined : traceContext.exec(traceparent)?.[1];
  if (traceparent !== undefined && traceId !== undefined) return { traceparent, traceId };
  // Random but for six bits, which W3C allows; Node draws the bytes of many UUIDs at a time, and randomBytes() asks for each.
  const fresh = randomUUID().replaceAll('-', '');
  return { traceparent: `00-${fresh}-${randomUUID().slice(-12)}${fresh.slice(0, 4)}-00`, traceId: fresh };
}
