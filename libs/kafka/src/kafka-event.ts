import { type ArgumentsHost, applyDecorators, Catch, type ExceptionFilter, UseFilters } from '@nestjs/common';
import { EventPattern, Transport } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import type { MessageDecoder } from './message.js';

export interface KafkaEventOptions {
  /** Checks the message against its schema before the handler is called. Without it every JSON value is handed over. */
  readonly decode?: MessageDecoder;
  /**
   * The handler's name in logs and metrics, and among the parked keys: there it is kept, so it never changes.
   * Default `Class.method`.
   */
  readonly consumer?: string;
  /** The handler takes `ReceivedMessage[]` and answers `Verdict[]`, one each, in order. */
  readonly batch?: boolean;
}

/**
 * Lets the error reach the transport as it was thrown. Without it Nest answers `{ status: 'error', message:
 * 'Internal server error' }` (BaseRpcExceptionFilter), and a database that is down looks like a poison message.
 */
@Catch()
class ErrorsReachTransport implements ExceptionFilter {
  catch(exception: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * Declares a handler of a topic: @EventPattern() with typed options, whose errors reach the transport whole. Works in
 * hybrid applications with and without `inheritAppConfig`.
 */
export function KafkaEvent(topic: string, options: KafkaEventOptions = {}): MethodDecorator {
  return (target, property, descriptor) => {
    const handler = options.consumer ?? `${target.constructor.name}.${String(property)}`;
    applyDecorators(
      EventPattern<string>(topic, Transport.KAFKA, { ...options, handler }),
      UseFilters(ErrorsReachTransport),
    )(target, property, descriptor);
  };
}
