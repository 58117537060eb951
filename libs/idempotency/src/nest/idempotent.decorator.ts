import 'reflect-metadata';
import { RequestMethod, UseInterceptors } from '@nestjs/common';
import { checkHandlerOptions } from './check-options.js';
import { guardEntry, type Method } from './entry.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { type IdempotentOptions, idempotentMetadata } from './options.js';

/**
 * Makes a handler's effect happen once for each key, whatever is retried, redelivered or killed. For HTTP routes and
 * for message handlers; any write of the handler through the module's DataSource joins the key's transaction. On a class
 * it holds for each of its handlers; GET, HEAD and OPTIONS are always left alone.
 *
 * @throws IdempotencyOptionsError where it is applied, for an option that can't be used
 */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator & ClassDecorator {
  checkHandlerOptions(options);
  return (target: object, name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (name === undefined || descriptor === undefined) decorateClass(target, options);
    else decorateMethod(target, name, descriptor, options);
  };
}

function decorateMethod(
  target: object,
  name: string | symbol,
  descriptor: PropertyDescriptor,
  options: IdempotentOptions,
): void {
  const method: unknown = descriptor.value;
  if (!isMethod(method)) throw new TypeError(`@Idempotent() belongs on a method, not on ${String(name)}.`);
  const guarded = guardEntry(method);
  Reflect.defineMetadata(idempotentMetadata, options, guarded);
  descriptor.value = guarded;
  goOutermost(target, name, guarded, descriptor);
}

// Nest's own names for what its decorators leave on a handler.
const interceptorsMetadata = '__interceptors__';
const requestMethodMetadata = 'method';
const patternMetadata = 'microservices:pattern';

const leftAlone = new Set<unknown>([RequestMethod.GET, RequestMethod.HEAD, RequestMethod.OPTIONS]);

function decorateClass(target: object, options: IdempotentOptions): void {
  Reflect.defineMetadata(idempotentMetadata, options, target);
  const prototype: unknown = Reflect.get(target, 'prototype');
  if (typeof prototype !== 'object' || prototype === null) return;
  for (const [name, descriptor] of methodsOf(prototype)) {
    const method: unknown = descriptor.value;
    if (!isMethod(method) || !changesSomething(method) || Reflect.hasMetadata(idempotentMetadata, method))
      continue;
    decorateMethod(prototype, name, descriptor, {});
    Object.defineProperty(prototype, name, descriptor);
  }
}

/** Inherited ones included: Nest serves a base controller's routes, so they are the class's handlers too. */
function methodsOf(prototype: object): Map<string, PropertyDescriptor> {
  const methods = new Map<string, PropertyDescriptor>();
  for (
    let level: object | null = prototype;
    level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of Object.getOwnPropertyNames(level)) {
      const descriptor = Object.getOwnPropertyDescriptor(level, name);
      if (descriptor && !methods.has(name)) methods.set(name, descriptor);
    }
  }
  return methods;
}

function changesSomething(method: Method): boolean {
  if (Reflect.hasMetadata(patternMetadata, method)) return true;
  const requestMethod: unknown = Reflect.getMetadata(requestMethodMetadata, method);
  return requestMethod !== undefined && !leftAlone.has(requestMethod);
}

/**
 * Of the handler's own interceptors this one is the outermost, wherever the decorator stands: what the others make of
 * the value is what is recorded.
 */
function goOutermost(
  target: object,
  name: string | symbol,
  method: Method,
  descriptor: PropertyDescriptor,
): void {
  const others: unknown = Reflect.getMetadata(interceptorsMetadata, method);
  Reflect.deleteMetadata(interceptorsMetadata, method);
  UseInterceptors(IdempotencyInterceptor, ...(Array.isArray(others) ? others : []))(target, name, descriptor);
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}
