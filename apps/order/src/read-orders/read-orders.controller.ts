import { Controller, Get, Headers, Inject, Param, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ListOrdersQuery, type ListPage, listPageOf, Order } from '@semel/contracts';
import { Caller, openApiSchema, type Principal, ProblemResponses, ZodQuery } from '@semel/service';
import type { FastifyReply } from 'fastify';
import { LogOrderId } from '../order/log-order-id.js';
import { orderTag, orderView } from '../order/order-view.js';
import { unknownOrder } from '../order/unknown-order.js';
import { hasVersion } from './if-none-match.js';
import { OrdersReader } from './orders-reader.js';

@Controller('orders')
@ApiTags('orders')
export class ReadOrdersController {
  constructor(@Inject(OrdersReader) private readonly orders: OrdersReader) {}

  @Get()
  @ApiOperation({ summary: 'List your orders, newest first' })
  @ApiOkResponse({ content: { 'application/json': { schema: openApiSchema(listPageOf(Order)) } } })
  @ProblemResponses('unauthorized', 'invalid-request')
  list(
    @ZodQuery(ListOrdersQuery) query: ListOrdersQuery,
    @Caller() caller: Principal,
  ): Promise<ListPage<Order>> {
    return this.orders.list(caller.sub, query);
  }

  @Get(':id')
  @UseInterceptors(LogOrderId)
  @ApiOperation({ summary: 'Read an order' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'The ETag of the version that you have.',
  })
  @ApiOkResponse({
    headers: { ETag: { description: 'The version of the order.', schema: { type: 'string' } } },
    content: { 'application/json': { schema: openApiSchema(Order) } },
  })
  @ApiResponse({ status: 304, description: 'You have the current version.' })
  @ProblemResponses('unauthorized', 'not-found')
  async find(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order | undefined> {
    const order = await this.orders.find(id, caller);
    if (order === undefined) throw unknownOrder();
    const tag = orderTag(order);
    // Shared caches may not keep it, the caller's own may if it asks each time whether it is still so.
    reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
    if (!hasVersion(ifNoneMatch, tag)) return orderView(order);
    reply.status(304);
    return undefined;
  }
}
