import 'reflect-metadata';
import { UseInterceptors } from '@nestjs/common';
import { guardEntry, type Method } from './entry.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { checkHandlerOptions, type IdempotentOptions, idempotentMetadata } from './options.js';

/**
 * Makes a handler's effect happen once for each key, whatever is retried, redelivered or killed. For HTTP routes and
 * for message handlers; any write of the handler through the module's DataSource joins the key's transaction.
 *
 * @throws IdempotencyOptionsError where it is applied, for an option that can't be used
 */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator {
  checkHandlerOptions(options);
  return (target, name, descriptor) => {
    const method: unknown = descriptor.value;
    if (!isMethod(method)) throw new TypeError(`@Idempotent() belongs on a method, not on ${String(name)}.`);
    const guarded = guardEntry(method);
    Reflect.defineMetadata(idempotentMetadata, options, guarded);
    Object.assign(descriptor, { value: guarded });
    goOutermost(target, name, guarded, descriptor);
  };
}

// Nest's own name for where @UseInterceptors() keeps its list.
const interceptorsMetadata = '__interceptors__';

/**
 * Of the handler's own interceptors this one is the outermost, wherever the decorator stands: what the others make of
 * the value is what is recorded.
 */
function goOutermost<T>(
  target: object,
  name: string | symbol,
  method: Method,
  descriptor: TypedPropertyDescriptor<T>,
): void {
  const others: unknown = Reflect.getMetadata(interceptorsMetadata, method);
  Reflect.deleteMetadata(interceptorsMetadata, method);
  UseInterceptors(IdempotencyInterceptor, ...(Array.isArray(others) ? others : []))(target, name, descriptor);
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}
