import { Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Order, PlaceOrder } from '@semel/contracts';
import { Idempotent } from '@semel/idempotency';
import {
  Caller,
  currentTraceparent,
  IdempotencyKeyHeader,
  openApiSchema,
  type Principal,
  ProblemResponses,
  ZodBody,
} from '@semel/service';
import { newOrderId } from '../order/order-id.js';
import type { NewOrder } from './new-order.js';
import { PlaceOrders } from './place-orders.js';

@Controller('orders')
@ApiTags('orders')
export class PlaceOrderController {
  /** Makes the input only: the group's handler takes the order, once for its key. */
  @Post()
  @Idempotent({ group: PlaceOrders })
  @ApiOperation({
    summary: 'Place an order',
    description:
      'Answers at once with the order as `placed`; whether there is stock for it is known a moment later: see `GET /orders/{id}/events`.',
  })
  @ApiCreatedResponse({
    description: 'The order was taken.',
    headers: {
      Location: { description: 'The path of the order.', schema: { type: 'string' } },
      ETag: { description: 'The version of the order.', schema: { type: 'string' } },
    },
    content: { 'application/json': { schema: openApiSchema(Order) } },
  })
  @IdempotencyKeyHeader()
  @ProblemResponses(
    'malformed-json',
    'unauthorized',
    'payload-too-large',
    'unsupported-media-type',
    'invalid-request',
    'unknown-product',
  )
  place(@ZodBody(PlaceOrder) body: PlaceOrder, @Caller() caller: Principal): NewOrder {
    const traceparent = currentTraceparent();
    return {
      id: newOrderId(),
      customerId: caller.sub,
      lines: body.lines,
      ...(body.note !== undefined && { note: body.note }),
      ...(traceparent !== undefined && { traceparent }),
    };
  }
}
