import { All, Controller, Inject, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Passage } from './passage.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { UPSTREAMS, type Upstreams } from './upstream.js';

/** Both services, on the console's own origin. */
@Controller('api')
@UseGuards(SameOriginGuard)
export class GatewayController {
  constructor(
    @Inject(UPSTREAMS) private readonly upstreams: Upstreams,
    @Inject(Passage) private readonly passage: Passage,
  ) {}

  @All('order/*')
  order(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passage.pass(this.upstreams.order, '/api/order', request, reply);
  }

  @All('inventory/*')
  inventory(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passage.pass(this.upstreams.inventory, '/api/inventory', request, reply);
  }

  @All('order-as-operator/*')
  orderAsOperator(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passage.pass(this.upstreams.orderAsOperator, '/api/order-as-operator', request, reply);
  }
}
