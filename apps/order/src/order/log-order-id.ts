import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { annotateLog } from '@semel/service';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';

/** Puts the id of the order in the path on the request's log lines. */
@Injectable()
export class LogOrderId implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }>>();
    annotateLog({ orderId: params.id });
    return next.handle();
  }
}
