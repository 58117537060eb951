import { Controller, Post } from '@nestjs/common';
import { type Order, PlaceOrder } from '@semel/contracts';
import { Idempotent } from '@semel/idempotency';
import { Caller, type Principal, ZodBody } from '@semel/service';
import { DataSource } from 'typeorm';
import { runOrderBaseline } from './order-baseline.js';
import { saveOrder } from './save-order.js';

/** The plain service with one decorator more: what it writes joins the key's transaction. */
@Controller('orders')
class IdempotentOrders {
  constructor(private readonly dataSource: DataSource) {}

  @Post()
  @Idempotent()
  place(@ZodBody(PlaceOrder) body: PlaceOrder, @Caller() caller: Principal): Promise<Order> {
    return saveOrder(this.dataSource.manager, caller.sub, body);
  }
}

await runOrderBaseline({ name: 'idempotent-typeorm', controller: IdempotentOrders, idempotency: true });
