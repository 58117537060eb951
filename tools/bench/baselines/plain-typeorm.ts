import { Controller, Post } from '@nestjs/common';
import { type Order, PlaceOrder } from '@semel/contracts';
import { Caller, type Principal, ZodBody } from '@semel/service';
import { DataSource } from 'typeorm';
import { runOrderBaseline } from './order-baseline.js';
import { saveOrder } from './save-order.js';

/** The plain service: no idempotency, a transaction a request. */
@Controller('orders')
class PlainOrders {
  constructor(private readonly dataSource: DataSource) {}

  @Post()
  place(@ZodBody(PlaceOrder) body: PlaceOrder, @Caller() caller: Principal): Promise<Order> {
    return this.dataSource.transaction((manager) => saveOrder(manager, caller.sub, body));
  }
}

await runOrderBaseline({ name: 'plain-typeorm', controller: PlainOrders });
