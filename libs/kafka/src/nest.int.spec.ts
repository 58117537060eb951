import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  Scope,
  type Type,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  context as active,
  type Context,
  type ContextManager,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { EMPTY, lastValueFrom, map, type Observable, of, throwError } from 'rxjs';
import { KafkaEvent } from './kafka-event.js';
import { KafkaTransport } from './kafka-transport.js';
import { KafkaMessageContext } from './message-context.js';
import { message, silent, Workbench } from './testing/consumer-app.spec.js';
import { Journal } from './testing/journal.spec.js';

describe('handlers in Nest', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await new Workbench().open();
  });
  afterEach(() => bench.close());

  const committed = (journal: Journal, offset: number) =>
    journal.until(() => journal.of('committed').some((position) => position.offset === String(offset)));

  it('runs guards, interceptors and pipes around a plain handler', async () => {
    const order: string[] = [];
    class Guard implements CanActivate {
      canActivate(context: ExecutionContext) {
        order.push(`guard ${context.switchToRpc().getContext<KafkaMessageContext>().message.key}`);
        return true;
      }
    }
    class Interceptor implements NestInterceptor {
      async intercept(_context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
        order.push('interceptor');
        // What the idempotency interceptor does: it waits for the handler and answers with a value of its own.
        return of(await lastValueFrom(next.handle(), { defaultValue: undefined }));
      }
    }
    class Pipe implements PipeTransform {
      transform(value: unknown) {
        order.push('pipe');
        return [value];
      }
    }
    const { topic } = bench;
    @Controller()
    class Consumer {
      @KafkaEvent(topic)
      @UseGuards(Guard)
      @UseInterceptors(Interceptor)
      async take(@Payload(Pipe) value: unknown) {
        order.push(`handler ${JSON.stringify(value)}`);
      }
    }
    await bench.send(message('{a', 1));
    const { journal } = await bench.consume([Consumer]);
    await committed(journal, 1);
    expect(order).toEqual(['guard {a', 'interceptor', 'pipe', 'handler [1]']);
  });

  it('works in a hybrid application without inheritAppConfig, errors reaching the transport whole', async () => {
    const { topic } = bench;
    class Passing extends Error {}
    let failures = 1;
    @Controller()
    class Consumer {
      @KafkaEvent(topic)
      async take() {
        if (failures-- > 0) throw new Passing('the database is down');
      }
    }
    @Module({ controllers: [Consumer] })
    class App {}
    const journal = new Journal();
    const isTransient = (error: unknown) => error instanceof Passing;
    const app = await NestFactory.create(App, { logger: false });
    const transport = new KafkaTransport(bench.options(journal, { isTransient }));
    app.connectMicroservice({ strategy: transport });
    await bench.send(message('a', 1));
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    bench.closeLater(() => app.close());
    await committed(journal, 1);
    expect(journal.of('waiting')).toMatchObject([{ error: { message: 'the database is down' } }]);
  });

  it('retries, and never parks, what a handler of a bare @EventPattern throws, and says the cure', async () => {
    const { topic } = bench;
    let failures = 2;
    @Controller()
    class Consumer {
      @EventPattern<string>(topic)
      async take() {
        if (failures-- > 0) throw new Error('hidden by Nest');
      }
    }
    await bench.send(message('a', 1));
    const { journal } = await bench.consume([Consumer]);
    await committed(journal, 1);
    expect(journal.of('waiting')[0]?.error.message).toMatch(/declare the handler with @KafkaEvent\(\)/);
    expect(journal.of('parked')).toEqual([]);
  });

  it('believes an interceptor that reports the error of a bare @EventPattern', async () => {
    const { topic } = bench;
    class Reporting implements NestInterceptor {
      intercept(context: ExecutionContext) {
        const error = Object.assign(new Error('other payload'), {
          disposition: 'park',
          code: 'idempotency-key-reused',
        });
        context.switchToRpc().getContext<KafkaMessageContext>().failWith(error);
        return throwError(() => error);
      }
    }
    @Controller()
    class Consumer {
      @EventPattern<string>(topic)
      @UseInterceptors(Reporting)
      take() {}
    }
    await bench.send(message('a', 1));
    const { journal } = await bench.consume([Consumer]);
    await committed(journal, 1);
    expect(journal.of('parked')).toMatchObject([{ reason: 'idempotency-key-reused' }]);
  });

  it.each<[string, () => unknown]>([
    ['an empty stream', () => EMPTY],
    ['a stream of several values', () => of(1, 2, 3)],
    ['a promise of a stream', async () => of(1)],
    ['nothing', () => undefined],
  ])('takes a handler that answers %s for done', async (_case, answer) => {
    const { topic } = bench;
    @Controller()
    class Consumer {
      @KafkaEvent(topic)
      take() {
        return answer();
      }
    }
    await bench.send(message('a', 1), message('a', 2));
    const { journal } = await bench.consume([Consumer]);
    await committed(journal, 2);
    expect(journal.of('waiting')).toEqual([]);
    expect(journal.of('parked')).toEqual([]);
  });

  it('takes a stream that fails late for a failure', async () => {
    const { topic } = bench;
    @Controller()
    class Consumer {
      @KafkaEvent(topic)
      take() {
        return of(1).pipe(
          map(() => {
            throw new Error('in the stream');
          }),
        );
      }
    }
    await bench.send(message('a', 1));
    const { journal } = await bench.consume([Consumer]);
    await committed(journal, 1);
    expect(journal.of('parked')).toMatchObject([{ reason: 'failed' }]);
  });

  it('calls each of two handlers of one class once a message, also request-scoped ones', async () => {
    const { topic } = bench;
    const calls: string[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class PerMessage {}
    @Controller()
    class Consumer {
      constructor(readonly perMessage: PerMessage) {}
      @KafkaEvent(topic)
      one() {
        calls.push(`one ${this.perMessage instanceof PerMessage}`);
      }
      @KafkaEvent(topic)
      two() {
        calls.push('two');
        throw new Error('two fails');
      }
    }
    @Module({ controllers: [Consumer], providers: [PerMessage] })
    class App {}
    const journal = new Journal();
    const transport = new KafkaTransport(bench.options(journal));
    const app = await NestFactory.createMicroservice(App, { strategy: transport, logger: false });
    bench.closeLater(() => app.close());
    await bench.send(message('a', 1));
    await app.listen();
    await committed(journal, 1);
    expect(calls.sort()).toEqual(['one true', 'two']);
    expect(journal.of('parked')).toMatchObject([{ reason: 'failed' }]);
  });

  it('runs the handler in the trace of its message', async () => {
    const { topic } = bench;
    const traceId = Symbol('trace');
    const storage = new AsyncLocalStorage<Context>();
    const manager: ContextManager = {
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (context, call, self, ...args) => storage.run(context, () => call.apply(self, args)),
      bind: (_context, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    const propagator: TextMapPropagator = {
      inject() {},
      extract: (context, carrier, getter) => context.setValue(traceId, getter.get(carrier, 'traceparent')),
      fields: () => ['traceparent'],
    };
    active.setGlobalContextManager(manager);
    propagation.setGlobalPropagator(propagator);
    const seen: unknown[] = [];
    @Controller()
    class Consumer {
      @KafkaEvent(topic)
      async take(@Ctx() context: KafkaMessageContext) {
        await new Promise(setImmediate);
        seen.push([active.active().getValue(traceId), context.message.traceparent]);
      }
    }
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await bench.send({ ...message('a', 1), headers: { traceparent } }, message('a', 2));
    const { journal } = await bench.consume([Consumer]);
    await committed(journal, 2);
    active.disable();
    propagation.disable();
    expect(seen).toEqual([
      [traceparent, traceparent],
      [undefined, undefined],
    ]);
  });

  it.each<[string, (topic: string) => Type | undefined, RegExp]>([
    ['a declared topic that nobody handles', () => undefined, /has no handler/],
    [
      'a handler whose topic is not declared',
      (topic) => {
        @Controller()
        class Consumer {
          @KafkaEvent(topic)
          one() {}
          @KafkaEvent('nobody-declared-this')
          two() {}
        }
        return Consumer;
      },
      /Consumer\.two listens to topic "nobody-declared-this"/,
    ],
    [
      'a handler that would have to reply',
      (topic) => {
        @Controller()
        class Consumer {
          @MessagePattern(topic)
          one() {}
        }
        return Consumer;
      },
      /@MessagePattern/,
    ],
  ])('refuses to start with %s', async (_case, controllerOf, sentence) => {
    const controller = controllerOf(bench.topic);
    @Module({ controllers: controller === undefined ? [] : [controller] })
    class App {}
    const strategy = new KafkaTransport({ ...bench.options(new Journal()), logger: silent });
    const app = await NestFactory.createMicroservice(App, { strategy, logger: false });
    await expect(app.listen()).rejects.toThrow(sentence);
    await app.close();
  });
});
