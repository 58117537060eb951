import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { type Order, PlaceOrder } from '@semel/contracts';
import { Caller, type Principal, runService, serviceEnvironment, ZodBody } from '@semel/service';

/** The ceiling: the same guard, validation, logs and metrics around a handler that does nothing. */
@Controller('orders')
class NoOrders {
  @Post()
  place(@ZodBody(PlaceOrder) body: PlaceOrder, @Caller() caller: Principal): Order {
    const price = { amount: 100, currency: 'EUR' };
    return {
      id: '019ab000-0000-7000-8000-000000000000',
      customerId: caller.sub,
      status: 'placed',
      lines: body.lines.map(({ sku, quantity }) => ({ sku, quantity, unitPrice: price })),
      total: price,
      placedAt: '2026-01-01T00:00:00.000Z',
    };
  }
}

@Module({ controllers: [NoOrders] })
class EmptyModule {}

await runService({
  name: 'empty-handler',
  environment: serviceEnvironment(0),
  service: (config) => ({
    module: EmptyModule,
    auth: { jwks: config.AUTH_JWKS, issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE },
  }),
});
