import { randomBytes } from 'node:crypto';

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
  const fresh = randomBytes(16).toString('hex');
  return { traceparent: `00-${fresh}-${randomBytes(8).toString('hex')}-00`, traceId: fresh };
}
