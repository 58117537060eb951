import { Logger } from '@nestjs/common';
import type { HttpRequest } from '../http/http-exchange.js';
import { hasPrincipal, signedInCaller } from './caller.js';
import type { ResolvedOptions } from './options.js';

/** Says what is probably a mistake, once for each route: a log that repeats itself is not read. */
export class Warnings {
  private readonly log = new Logger('Idempotency');
  private readonly said = new Set<string>();

  /** A caller that the default scope does not know shares keys, and answers, with all the others. */
  checkScope(route: string, request: HttpRequest, scope: ResolvedOptions['scope']): void {
    if (scope !== signedInCaller || scope(request) !== undefined || !hasPrincipal(request)) return;
    this.once(
      `scope ${route}`,
      `${route} is called by somebody, but the default scope finds no sub, userId or id in request.principal or request.user: its callers share their keys and could see each other’s answers. Give @Idempotent({ scope }) or IdempotencyModule a scope.`,
    );
  }

  /** Without the bytes, numbers beyond 2^53 are what the parser made of them: different requests may look the same. */
  checkRawBody(route: string, request: HttpRequest): void {
    const isParsed =
      request.rawBody === undefined && typeof request.body === 'object' && request.body !== null;
    if (!isParsed || !/\bjson\b/i.test(String(request.headers['content-type']))) return;
    this.once(
      'rawBody',
      `${route} compares what the body parser made of a request, because the request has no rawBody. Create the application with { rawBody: true }, so that numbers beyond 2^53 are told apart.`,
    );
  }

  private once(name: string, text: string): void {
    if (this.said.has(name)) return;
    this.said.add(name);
    this.log.warn(text);
  }
}
