import { EventEmitter } from 'node:events';
import {
  Body,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  HttpCode,
  Module,
  type NestInterceptor,
  Param,
  Post,
  Put,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import { context, propagation } from '@opentelemetry/api';
import { ListQuery, PlaceOrder, PutStock, Sku } from '@semel/contracts';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { Caller, Public, Roles } from '../auth/access.js';
import type { Principal } from '../auth/principal.js';
import { createService, type Service, type ServiceOptions } from '../create-service.js';
import { createLog } from '../logs/log.js';
import { annotateLog } from '../logs/log-context.js';
import { IdempotencyKeyHeader } from '../openapi/idempotency-key-header.js';
import { ProblemResponses } from '../openapi/problem-responses.js';
import { Problem } from '../problems/problem.js';
import { ZodBody, ZodParam, ZodQuery } from '../validation/zod-parameters.js';

/** Stands where @Idempotent() will: it checks the key before the pipes run. */
class KeyInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    if (request.headers['idempotency-key'] === undefined)
      throw new Problem('idempotency-key-missing', 'No key.');
    return next.handle();
  }
}

/** Tells when a slow request has arrived, and lets it go on. */
export const slow = new EventEmitter();

export const errors: Record<string, () => unknown> = {};

@Controller()
class ShopController {
  @Post('orders')
  @UseInterceptors(KeyInterceptor)
  @IdempotencyKeyHeader()
  @ProblemResponses('unknown-product', 'invalid-request')
  place(@ZodBody(PlaceOrder) body: PlaceOrder, @Caller() caller: Principal): object {
    annotateLog({ orderId: 'order-1' });
    return { lines: body.lines.length, customerId: caller.sub };
  }

  @Post('orders/:id/cancel')
  @HttpCode(200)
  cancel(@Param('id') id: string): object {
    return { id };
  }

  @Get('orders')
  list(@ZodQuery(ListQuery) query: ListQuery): object {
    return query;
  }

  @Get('keys/:key')
  key(@Param('key') key: string): object {
    return { key };
  }

  @Put('stock/:sku')
  @Roles('operator')
  put(@ZodParam('sku', Sku) sku: Sku, @ZodBody(PutStock) body: PutStock): object {
    return { sku, ...body };
  }

  @Post('plain')
  @HttpCode(200)
  @Public()
  plain(@Body() body: unknown, @Req() request: FastifyRequest): object {
    return { body, raw: request.rawBody?.toString('base64') ?? null };
  }

  @Get('trace')
  @Public()
  trace(): object {
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    return carrier;
  }

  @Get('slow')
  @Public()
  async slow(): Promise<object> {
    const released = new Promise((resolve) => slow.once('release', resolve));
    slow.emit('arrived');
    await released;
    slow.emit('finished');
    return { finished: true };
  }

  @Get('errors/:kind')
  @Public()
  fail(@Param('kind') kind: string): unknown {
    throw errors[kind]?.();
  }
}

@Module({ controllers: [ShopController] })
export class SmallShop {}

/** The small shop on a free port; its log lines are collected. */
export async function startSmallShop(
  options: Partial<ServiceOptions> = {},
): Promise<{ service: Service; url: string; lines: Record<string, unknown>[] }> {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(
    { name: 'shop', level: 'debug' },
    { write: (line: string) => lines.push(JSON.parse(line)) },
  );
  const service = await createService({
    module: SmallShop,
    auth: 'none',
    openApi: { title: 'Small shop', description: 'For tests', version: '1.0.0' },
    ...options,
    log,
  });
  const url = await service.start(0, '127.0.0.1');
  return { service, url, lines };
}
