import { Body, Controller, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Order } from '@semel/contracts';
import { Idempotent } from '@semel/idempotency';
import {
  Caller,
  currentTraceparent,
  EmptyBodyPipe,
  IdempotencyKeyHeader,
  openApiSchema,
  type Principal,
  ProblemResponses,
} from '@semel/service';
import { LogOrderId } from '../order/log-order-id.js';
import { CancelOrders } from './cancel-orders.js';
import type { Cancellation } from './cancellation.js';

@Controller('orders/:id/cancel')
@ApiTags('orders')
@UseInterceptors(LogOrderId)
export class CancelOrderController {
  /** Makes the input only. An id that no order can have is unknown, which is an answer of the operation like any other. */
  @Post()
  @Idempotent({ group: CancelOrders })
  @ApiOperation({
    summary: 'Cancel an order',
    description:
      'Of a placed or confirmed order; its stock is released. Of a cancelled one: the order, and nothing more.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({
    description: 'The order is cancelled.',
    headers: { ETag: { description: 'The version of the order.', schema: { type: 'string' } } },
    content: { 'application/json': { schema: openApiSchema(Order) } },
  })
  @IdempotencyKeyHeader()
  @ProblemResponses('unauthorized', 'invalid-request', 'not-found', 'order-not-cancellable')
  cancel(
    @Param('id') orderId: string,
    @Caller() caller: Principal,
    @Body(EmptyBodyPipe) _nothing?: undefined,
  ): Cancellation {
    const traceparent = currentTraceparent();
    return { orderId, customerId: caller.sub, ...(traceparent !== undefined && { traceparent }) };
  }
}
