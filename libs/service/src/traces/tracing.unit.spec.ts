import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { enableTracePropagation } from './tracing.js';

afterEach(() => {
  context.disable();
  propagation.disable();
});

const carrierOf = (active: Context) => {
  const carrier: Record<string, string> = {};
  propagation.inject(active, carrier);
  return carrier;
};

it('leaves what an SDK has registered before', () => {
  const manager = new AsyncLocalStorageContextManager().enable();
  const followed = jest.spyOn(manager, 'with');
  context.setGlobalContextManager(manager);
  propagation.setGlobalPropagator({
    inject: (_context, carrier: Record<string, string>) => {
      carrier['x-sdk'] = 'kept';
    },
    extract: (active) => active,
    fields: () => ['x-sdk'],
  });
  enableTracePropagation();
  expect(carrierOf(ROOT_CONTEXT)).toEqual({ 'x-sdk': 'kept' });
  followed.mockClear();
  context.with(ROOT_CONTEXT, () => undefined);
  expect(followed).toHaveBeenCalledTimes(1);
});

it('follows asynchronous calls where nothing was registered, however often it is enabled', async () => {
  enableTracePropagation();
  enableTracePropagation();
  const key = Symbol('key');
  const seen = await context.with(ROOT_CONTEXT.setValue(key, 1), async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return context.active().getValue(key);
  });
  expect(seen).toBe(1);
  expect(propagation.fields()).toContain('traceparent');
});
