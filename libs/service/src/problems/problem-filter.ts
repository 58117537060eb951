import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError } from 'rxjs';
import { RouteTable } from '../http/route-table.js';
import type { Log } from '../logs/log.js';
import { LOG } from '../logs/log-token.js';
import { Problem } from './problem.js';
import { renderProblem } from './render-problem.js';

/** Answers every error of every route as RFC 9457 tells. Headers that were set before the error stay. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOG) private readonly log: Log,
    @Inject(RouteTable) private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    // An error of a message handler is for its transport to judge.
    if (host.getType() !== 'http') return throwError(() => error);
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status, headers, body } = renderProblem(this.refined(error, request), request);
    if (status >= 500) this.log.error({ err: causeOf(error), status }, 'request failed');
    if (reply.sent || reply.raw.headersSent) {
      // Half an answer is out: cutting it is the only way left to tell that it isn't whole.
      reply.raw.destroy();
      return undefined;
    }
    return reply.code(status).headers(headers).send(body);
  }

  /** No route for this method, but others for this path: 405 with what is allowed (RFC 9110, section 15.5.6). */
  private refined(error: unknown, request: FastifyRequest): unknown {
    if (!request.is404 || !(error instanceof NotFoundException)) return error;
    const allowed = this.routes.methodsFor(request.url);
    if (allowed.length === 0) {
      return new Problem('not-found', 'There is no such route. See /docs for the routes of this service.');
    }
    const allow = allowed.join(', ');
    return new Problem('method-not-allowed', `This route takes ${allow}.`, { headers: { allow } });
  }
}

/** What went wrong underneath: a problem that only wraps another error tells less than the error. */
function causeOf(error: unknown): unknown {
  return error instanceof Problem && error.cause !== undefined ? error.cause : error;
}
