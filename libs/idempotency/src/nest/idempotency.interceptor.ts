import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { from, type Observable } from 'rxjs';
import { IdempotencyOptionsError } from '../errors.js';
import { HttpDoor } from './http-door.js';
import { Idempotency } from './idempotency.js';
import { MessageDoor } from './message-door.js';
import { type IdempotentOptions, idempotentMetadata, nearerWins } from './options.js';

/** Of every @Idempotent() handler: looks at which door the call came through and lets it through once. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly host: HttpAdapterHost,
    private readonly modules: ModuleRef,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handler = optionsOf(context);
    switch (context.getType()) {
      case 'http': {
        const group = handler.group && this.modules.get(handler.group, { strict: false });
        return from(new HttpDoor(this.idempotency, handler, context, this.host, next, group).pass());
      }
      case 'rpc':
        return from(new MessageDoor(this.idempotency, handler, context, next).pass());
      default:
        throw new IdempotencyOptionsError(
          'context',
          context.getType(),
          'decorate HTTP routes or message handlers.',
        );
    }
  }
}

const known = new WeakMap<object, WeakMap<object, IdempotentOptions>>();

/** The handler's options over its class's, option by option; what is undefined erases nothing. Read once a route. */
function optionsOf(context: ExecutionContext): IdempotentOptions {
  const ofClass = known.get(context.getClass()) ?? new WeakMap<object, IdempotentOptions>();
  known.set(context.getClass(), ofClass);
  const options = ofClass.get(context.getHandler()) ?? readOptions(context);
  ofClass.set(context.getHandler(), options);
  return options;
}

function readOptions(context: ExecutionContext): IdempotentOptions {
  return nearerWins(
    Reflect.getMetadata(idempotentMetadata, context.getClass()),
    Reflect.getMetadata(idempotentMetadata, context.getHandler()),
  );
}
