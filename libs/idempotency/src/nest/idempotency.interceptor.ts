import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { Observable } from 'rxjs';
import { IdempotencyOptionsError } from '../errors.js';
import type { GroupHandler } from './group-handler.js';
import { HttpDoor, type HttpRoute, httpRouteOf } from './http-door.js';
import { Idempotency } from './idempotency.js';
import { MessageDoor } from './message-door.js';
import { type IdempotentOptions, idempotentMetadata, nearerWins } from './options.js';

/** Of every @Idempotent() handler: looks at which door the call came through and lets it through once. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  /** By class and handler: one method may serve several classes. */
  private readonly routes = new WeakMap<object, WeakMap<object, Route>>();

  constructor(
    private readonly idempotency: Idempotency,
    private readonly host: HttpAdapterHost,
    private readonly modules: ModuleRef,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = this.routeOf(context);
    switch (context.getType()) {
      case 'http':
        route.http ??= httpRouteOf(this.idempotency, route.options, context, this.groupOf(route.options));
        return outcomeOf(new HttpDoor(this.idempotency, route.http, context, this.host, next).pass());
      case 'rpc':
        return outcomeOf(new MessageDoor(this.idempotency, route.options, context, next).pass());
      default:
        throw new IdempotencyOptionsError(
          'context',
          context.getType(),
          'decorate HTTP routes or message handlers.',
        );
    }
  }

  private routeOf(context: ExecutionContext): Route {
    const ofClass = this.routes.get(context.getClass()) ?? new WeakMap<object, Route>();
    this.routes.set(context.getClass(), ofClass);
    const route = ofClass.get(context.getHandler()) ?? { options: readOptions(context) };
    ofClass.set(context.getHandler(), route);
    return route;
  }

  private groupOf({ group }: IdempotentOptions): GroupHandler<unknown> | undefined {
    return group && this.modules.get(group, { strict: false });
  }
}

/** What is known of a decorated method after its first call. */
interface Route {
  readonly options: IdempotentOptions;
  http?: HttpRoute;
}

/** The handler's options over its class's, option by option; what is undefined erases nothing. */
function readOptions(context: ExecutionContext): IdempotentOptions {
  return nearerWins(
    Reflect.getMetadata(idempotentMetadata, context.getClass()),
    Reflect.getMetadata(idempotentMetadata, context.getHandler()),
  );
}

/** As `from()`, which makes a promise more for each one that it is given. */
function outcomeOf(promise: Promise<unknown>): Observable<unknown> {
  return new Observable((subscriber) => {
    promise.then(
      (value) => {
        subscriber.next(value);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}
