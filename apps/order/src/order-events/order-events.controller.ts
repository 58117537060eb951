import { Controller, Get, Headers, Inject, Param, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, openApiSchema, type Principal, ProblemResponses } from '@semel/service';
import type { FastifyReply } from 'fastify';
import { LogOrderId } from '../order/log-order-id.js';
import { unknownOrder } from '../order/unknown-order.js';
import { OrdersReader } from '../read-orders/orders-reader.js';
import { EventStream } from './event-stream.js';
import { OrderWatch } from './order-watch.js';
import { StatusChange, statusEvents } from './status-event.js';

@Controller('orders/:id/events')
@ApiTags('orders')
@UseInterceptors(LogOrderId)
export class OrderEventsController {
  constructor(
    @Inject(OrdersReader) private readonly orders: OrdersReader,
    @Inject(OrderWatch) private readonly watch: OrderWatch,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Follow the status of an order',
    description:
      'Server-sent events: the status that the order has now, then each change. An event has the version of the order as its id; ' +
      'a client that comes again with `Last-Event-ID` gets what it has missed. Comments keep the connection alive.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received.',
  })
  @ApiOkResponse({
    description: 'A stream whose events carry such data.',
    content: { 'text/event-stream': { schema: openApiSchema(StatusChange) } },
  })
  @ProblemResponses('unauthorized', 'not-found', 'overloaded')
  async follow(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const order = await this.orders.find(id, caller);
    if (order === undefined) throw unknownOrder();
    const stream = new EventStream();
    let since = versionIn(lastEventId, order.version) ?? order.version - 1;
    const send = (current: Parameters<typeof statusEvents>[0]) => {
      for (const event of statusEvents(current, since)) stream.send(event);
      since = current.version;
    };
    const unwatch = this.watch.watch(order, { changed: send, ended: () => stream.end() });
    stream.once('close', unwatch);
    reply.raw.once('close', () => stream.destroy());
    send(order);
    reply.headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx collects an answer before it passes it on, unless it is told not to.
      'x-accel-buffering': 'no',
    });
    void reply.send(stream);
  }
}

/** A made-up id is none: the stream then begins with the current status. */
function versionIn(lastEventId: string | undefined, newest: number): number | undefined {
  if (lastEventId === undefined || !/^[1-9]\d{0,8}$/.test(lastEventId)) return undefined;
  const version = Number(lastEventId);
  return version <= newest ? version : undefined;
}
