import {
  ClassSerializerInterceptor,
  Injectable,
  type OnModuleInit,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { IdempotencyOptionsError } from '../errors.js';
import { UnstorableAnswerError } from '../http/http-answer.js';
import { leaseTimes } from '../leased/lease-times.js';
import { Idempotency } from './idempotency.js';
import { type IdempotentOptions, idempotentMetadata, nearerWins } from './options.js';

// Nest's own names for what its decorators leave on a handler, and the kinds of its parameters.
const sseMetadata = '__sse__';
const patternMetadata = 'microservices:pattern';
const interceptorsMetadata = '__interceptors__';
const argumentsMetadata = '__routeArguments__';
const passthroughMetadata = '__responsePassthrough__';
const redirectMetadata = '__redirect__';
const templateMetadata = '__renderTemplate__';
const responseParameters = /^[12]:/;

/** One decorated handler, as its decorators describe it. */
interface Handler {
  readonly controller: Type;
  readonly method: object;
  readonly name: string;
  readonly options: IdempotentOptions;
}

/** Looks at every decorated handler when the application starts, rather than when its first request comes. */
@Injectable()
export class CheckHandlers implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly idempotency: Idempotency,
    private readonly application: ApplicationConfig,
  ) {}

  /** @throws IdempotencyOptionsError, UnstorableAnswerError */
  onModuleInit(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      if (!isClass(metatype)) continue;
      for (const handler of this.decorated(metatype)) {
        if (Reflect.hasMetadata(patternMetadata, handler.method)) checkConsumer(handler);
        else this.checkRoute(handler);
        this.checkGroup(handler);
        this.checkLease(handler);
      }
    }
  }

  private decorated(controller: Type): Handler[] {
    const ofClass: IdempotentOptions | undefined = Reflect.getMetadata(idempotentMetadata, controller);
    const prototype: object = controller.prototype;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const method: unknown = Reflect.get(prototype, name);
      if (typeof method !== 'function' || !Reflect.hasMetadata(idempotentMetadata, method)) return [];
      const options = nearerWins(ofClass, Reflect.getMetadata(idempotentMetadata, method));
      return [{ controller, method, name, options }];
    });
  }

  /** What is known of a route's answers before the first one: whether they can be stored, and as what. */
  private checkRoute(handler: Handler): void {
    const { controller, method, name } = handler;
    if (Reflect.hasMetadata(sseMetadata, method)) {
      throw new UnstorableAnswerError('server-sent events', nameOf(handler));
    }
    if (Reflect.getMetadata('method', method) === RequestMethod.GET) return;
    const parameters: object = Reflect.getMetadata(argumentsMetadata, controller, name) ?? {};
    const takesResponse = Object.keys(parameters).some((parameter) => responseParameters.test(parameter));
    if (takesResponse && Reflect.getMetadata(passthroughMetadata, controller, name) !== true) {
      throw new UnstorableAnswerError(
        'through @Res() or @Next() itself (take @Res({ passthrough: true }) for status and headers)',
        nameOf(handler),
      );
    }
    if (Reflect.hasMetadata(redirectMetadata, method)) {
      throw new UnstorableAnswerError(
        'by @Redirect() (take @HttpCode() and a Location of @Res({ passthrough: true }))',
        nameOf(handler),
      );
    }
    if (Reflect.hasMetadata(templateMetadata, method)) {
      throw new UnstorableAnswerError('by @Render(), after the commit', nameOf(handler));
    }
    this.checkSerializers(handler);
  }

  /** Outside, a serializer is handed bytes: what it hides would be stored, and sent. */
  private checkSerializers(handler: Handler): void {
    const ofClass: unknown = Reflect.getMetadata(interceptorsMetadata, handler.controller);
    const outside: unknown[] = [
      ...(Array.isArray(ofClass) ? ofClass : []),
      ...this.application.getGlobalInterceptors(),
      ...this.application.getGlobalRequestInterceptors().map(({ metatype }) => metatype),
    ];
    if (outside.some(isSerializer)) {
      throw new IdempotencyOptionsError(
        'interceptors',
        'a ClassSerializerInterceptor outside of @Idempotent()',
        `put it on ${nameOf(handler)} itself, @UseInterceptors(ClassSerializerInterceptor), or what it hides is stored and sent.`,
      );
    }
  }

  private checkLease({ options: { leased } }: Handler): void {
    if (leased && leased !== true) leaseTimes({ ...this.idempotency.options.leases, ...leased });
  }

  private checkGroup(handler: Handler): void {
    const { group } = handler.options;
    if (group && !this.discovery.getProviders().some(({ token }) => token === group)) {
      throw new IdempotencyOptionsError(
        'group',
        group.name,
        `make it a provider of a module, for ${nameOf(handler)}.`,
      );
    }
  }
}

function messagesAreNotLeased(handler: Handler): IdempotencyOptionsError {
  return new IdempotencyOptionsError(
    'leased',
    `given for the message handler ${nameOf(handler)}`,
    'its partition would stand still while the outside world is called: let it start a job that uses Idempotency.executeLeased().',
  );
}

function checkConsumer(handler: Handler): void {
  if (handler.options.leased) throw messagesAreNotLeased(handler);
  if (handler.options.consumer !== undefined) return;
  throw new IdempotencyOptionsError(
    'consumer',
    undefined,
    `give ${nameOf(handler)} a name of its own, @Idempotent({ consumer: 'orders.purchases' }), that never changes: its keys are kept under it.`,
  );
}

function isSerializer(interceptor: unknown): boolean {
  if (interceptor instanceof ClassSerializerInterceptor) return true;
  return (
    isClass(interceptor) &&
    (interceptor === ClassSerializerInterceptor ||
      interceptor.prototype instanceof ClassSerializerInterceptor)
  );
}

function isClass(value: unknown): value is Type {
  return typeof value === 'function' && value.prototype !== undefined;
}

function nameOf({ controller, name }: Handler): string {
  return `${controller.name}.${name}`;
}
