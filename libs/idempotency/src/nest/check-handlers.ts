import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { IdempotencyOptionsError } from '../errors.js';
import { UnstorableAnswerError } from '../http/http-answer.js';
import { leaseTimes } from '../leased/lease-times.js';
import { Idempotency } from './idempotency.js';
import { type IdempotentOptions, idempotentMetadata } from './options.js';

// Nest's own names for what @Sse() and @EventPattern() leave on a handler.
const sseMetadata = '__sse__';
const patternMetadata = 'microservices:pattern';

/** Looks at every decorated handler when the application starts, rather than when its first message is parked. */
@Injectable()
export class CheckHandlers implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly idempotency: Idempotency,
  ) {}

  /** @throws IdempotencyOptionsError, UnstorableAnswerError */
  onModuleInit(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      if (!metatype) continue;
      const ofClass: IdempotentOptions | undefined = Reflect.getMetadata(idempotentMetadata, metatype);
      const prototype: object = metatype.prototype;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const method: unknown = Reflect.get(prototype, name);
        if (typeof method !== 'function' || !Reflect.hasMetadata(idempotentMetadata, method)) continue;
        const options: IdempotentOptions = { ...ofClass, ...Reflect.getMetadata(idempotentMetadata, method) };
        this.check(`${metatype.name}.${name}`, method, options);
      }
    }
  }

  private check(name: string, method: object, { consumer, group, leased }: IdempotentOptions): void {
    if (Reflect.hasMetadata(sseMetadata, method)) {
      throw new UnstorableAnswerError(`server-sent events (${name})`);
    }
    if (leased && leased !== true) leaseTimes({ ...this.idempotency.options.leases, ...leased });
    if (Reflect.hasMetadata(patternMetadata, method) && leased) throw messagesAreNotLeased(name);
    if (Reflect.hasMetadata(patternMetadata, method) && consumer === undefined) {
      throw new IdempotencyOptionsError(
        'consumer',
        undefined,
        `give ${name} a name of its own, @Idempotent({ consumer: 'orders.purchases' }), that never changes: its keys are kept under it.`,
      );
    }
    if (group && !this.has(group)) {
      throw new IdempotencyOptionsError('group', group.name, `make it a provider of a module, for ${name}.`);
    }
  }

  private has(group: NonNullable<IdempotentOptions['group']>): boolean {
    return this.discovery.getProviders().some(({ token }) => token === group);
  }
}

function messagesAreNotLeased(name: string): IdempotencyOptionsError {
  return new IdempotencyOptionsError(
    'leased',
    `given for the message handler ${name}`,
    'its partition would stand still while the outside world is called: let it start a job that uses Idempotency.executeLeased().',
  );
}
