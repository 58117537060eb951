import { context, createContextKey, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

/**
 * Makes `context.active()` follow asynchronous calls and `propagation.inject` write a W3C traceparent, without an SDK.
 * What an SDK registered before (loaded with `node --import`) stays.
 */
export function enableTracePropagation(): void {
  if (!contextIsFollowed()) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  if (propagation.fields().length === 0) propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}

function contextIsFollowed(): boolean {
  const probe = createContextKey('probe');
  return context.with(ROOT_CONTEXT.setValue(probe, true), () => context.active().getValue(probe) === true);
}
