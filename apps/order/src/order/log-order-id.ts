import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { annotateLog } from '@semel/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';

/**
 * Puts the order's id on the request's log lines: the one in the path, or in the answer's `Location`, which a replay has too, so
 * that every retry is found under the order that the first request made.
 */
@Injectable()
export class LogOrderId implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { params } = http.getRequest<FastifyRequest<{ Params: { id?: string } }>>();
    if (params.id !== undefined) {
      annotateLog({ orderId: params.id });
      return next.handle();
    }
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      tap(() => {
        const orderId = /^\/orders\/(.+)$/.exec(String(reply.getHeader('location')))?.[1];
        if (orderId !== undefined) annotateLog({ orderId });
      }),
    );
  }
}
